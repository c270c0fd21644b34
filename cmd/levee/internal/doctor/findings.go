package doctor

import (
	"errors"
	"fmt"
	"io"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Checked is a check with what it is about.
type Checked struct {
	Subject string `json:"subject"`
	target.Check
}

// Findings are what an examination found, in the order in which it looked.
type Findings struct {
	subject string // of the checks that are added
	Checks  []Checked
}

// Count counts what was found.
func (f *Findings) Count() map[target.CheckState]int {
	n := map[target.CheckState]int{target.CheckWell: 0, target.CheckWrong: 0, target.CheckUnknown: 0}
	for _, c := range f.Checks {
		n[c.State]++
	}
	return n
}

// Write shows what was found, with what to do below what is not well.
func (f *Findings) Write(out io.Writer) {
	subject := ""
	for _, c := range f.Checks {
		if c.Subject != subject {
			subject = c.Subject
			fmt.Fprintln(out, subject)
		}
		fmt.Fprintf(out, "  %-7s  %s: %s\n", c.State, c.What, c.Detail)
		if c.Remedy != "" {
			fmt.Fprintf(out, "           to do: %s\n", c.Remedy)
		}
	}
	n := f.Count()
	fmt.Fprintf(out, "%d well, %d wrong, %d could not be told", n[target.CheckWell], n[target.CheckWrong], n[target.CheckUnknown])
	if warnings := n[target.CheckWarning]; warnings > 0 {
		fmt.Fprintf(out, ", %s", output.Plural(warnings, "warning"))
	}
	fmt.Fprintln(out)
}

// Verdict ends the command: by a no where something is wrong, and by an error where something
// could not be told.
func (f *Findings) Verdict() error {
	switch n := f.Count(); {
	case n[target.CheckWrong] > 0:
		return exit.No("")
	case n[target.CheckUnknown] > 0:
		return errors.New("not all could be told; see what is unknown")
	}
	return nil
}

// about begins the checks of a subject.
func (f *Findings) about(subject string) { f.subject = subject }

func (f *Findings) add(checks ...target.Check) {
	for _, c := range checks {
		f.Checks = append(f.Checks, Checked{f.subject, c})
	}
}

func (f *Findings) well(what, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckWell, Detail: fmt.Sprintf(format, args...)})
}

func (f *Findings) wrong(what, remedy, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckWrong, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (f *Findings) unknown(what, remedy, format string, args ...any) {
	f.add(target.Check{What: what, State: target.CheckUnknown, Detail: fmt.Sprintf(format, args...), Remedy: remedy})
}
