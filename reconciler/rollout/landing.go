package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// maxRows bounds the table of a status. What is left out is counted.
const maxRows = 50

// statusOf is what is said of a landing by where its apps stand. Those of which newer
// content landed are no part of it, and are only counted.
func statusOf(apps []standing, replaced int) forge.CommitStatus {
	byState := func(s forge.State) []standing {
		return slices.DeleteFunc(slices.Clone(apps), func(a standing) bool { return a.state != s })
	}
	failing, waiting := byState(forge.Failure), byState(forge.Pending)
	s := forge.CommitStatus{State: forge.Success}
	switch {
	case len(failing) > 0:
		s.State, s.Title = forge.Failure, said(failing)
	case len(waiting) > 0:
		s.State, s.Title = forge.Pending, said(waiting)
	case len(apps) == 0 && replaced == 0:
		s.Title = "no app's content changed"
	case len(apps) == 0:
		s.Title = "newer content took its place"
	default:
		s.Title = "all of it is applied and healthy"
	}
	if len(apps) > 1 {
		s.Title = fmt.Sprintf("%d of %d apps: %s", len(apps)-len(failing)-len(waiting), len(apps), s.Title)
	}
	s.Summary = table(append(failing, waiting...), replaced)
	return s
}

// said is one line for several apps.
func said(apps []standing) string {
	line := apps[0].app + ": " + apps[0].reason
	if len(apps) > 1 {
		line += fmt.Sprintf(", and %d more", len(apps)-1)
	}
	return line
}

// table lists the apps that are not there yet, those first that somebody has to look at.
func table(apps []standing, replaced int) string {
	var b strings.Builder
	if len(apps) > 0 {
		b.WriteString("| App | Where it stands |\n|---|---|\n")
	}
	for _, a := range apps[:min(len(apps), maxRows)] {
		fmt.Fprintf(&b, "| `%s` | %s |\n", a.app, forge.Plain(a.reason))
	}
	if n := len(apps) - maxRows; n > 0 {
		fmt.Fprintf(&b, "\nand %d more\n", n)
	}
	if replaced > 0 {
		fmt.Fprintf(&b, "\nOf %d, newer content landed since.\n", replaced)
	}
	return b.String()
}
