package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/levee-gitops/levee/reconciler/target"
)

// checked is a check with what it is about.
type checked struct {
	Subject string `json:"subject"`
	target.Check
}

// findings are what an examination found, in the order in which it looked.
type findings struct {
	subject string // of the checks that are added
	checks  []checked
}

// count counts what was found.
func (f *findings) count() map[target.CheckState]int {
	n := map[target.CheckState]int{target.CheckWell: 0, target.CheckWrong: 0, target.CheckUnknown: 0}
	for _, c := range f.checks {
		n[c.State]++
	}
	return n
}

// write shows what was found, with what to do below what is not well.
func (f *findings) write(out io.Writer) {
	subject := ""
	for _, c := range f.checks {
		if c.Subject != subject {
			subject = c.Subject
			fmt.Fprintln(out, subject)
		}
		fmt.Fprintf(out, "  %-7s  %s: %s\n", c.State, c.What, c.Detail)
		if c.Remedy != "" {
			fmt.Fprintf(out, "           to do: %s\n", c.Remedy)
		}
	}
	n := f.count()
	fmt.Fprintf(out, "%d well, %d wrong, %d could not be told", n[target.CheckWell], n[target.CheckWrong], n[target.CheckUnknown])
	if warnings := n[target.CheckWarning]; warnings > 0 {
		fmt.Fprintf(out, ", %s", plural(warnings, "warning"))
	}
	fmt.Fprintln(out)
}

// verdict ends the command: by a no where something is wrong, and by an error where something
// could not be told.
func (f *findings) verdict() error {
	switch n := f.count(); {
	case n[target.CheckWrong] > 0:
		return saysNo("")
	case n[target.CheckUnknown] > 0:
		return errors.New("not all could be told; see what is unknown")
	}
	return nil
}

// about begins the checks of a subject.
func (f *findings) about(subject string) { f.subject = subject }

func (f *findings) add(checks ...target.Check) {
	for _, c := range checks {
		f.checks = append(f.checks, checked{f.subject, c})
	}
}

func (f *findings) well(what, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckWell, Detail: fmt.Sprintf(format, args...)})
}

func (f *findings) wrong(what, remedy, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckWrong, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (f *findings) unknown(what, remedy, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckUnknown, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}
