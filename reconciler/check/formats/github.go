package formats

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// commands are those of a GitHub workflow by which a line of its log becomes an annotation.
var commands = map[severity]string{note: "notice", warning: "warning", failure: "error"}

// inText and inProperty escape what a workflow command would take for its own.
var (
	inText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub writes annotations, as the log of a GitHub workflow takes them. GitHub shows the
// first ten of each kind of a step, so the gravest come first.
func writeGitHub(w io.Writer, r check.Report) error {
	var b strings.Builder
	list := findings(r)
	slices.SortStableFunc(list, func(a, b finding) int { return cmp.Compare(b.severity, a.severity) })
	for _, f := range list {
		place := "file=" + inProperty.Replace(f.Path)
		if f.Line > 0 {
			place += fmt.Sprintf(",line=%d,col=%d", f.Line, f.Column)
		}
		fmt.Fprintf(&b, "::%s %s,title=%s::%s\n", commands[f.severity], place, inProperty.Replace(f.Rule), inText.Replace(f.text()))
	}
	for _, result := range r.Results {
		if needs := approvals(result); result.Verdict == policies.NeedsApproval && len(needs) > 0 {
			fmt.Fprintf(&b, "::notice file=%s,title=needs approval::%s\n", inProperty.Replace(result.Path), inText.Replace(strings.Join(needs, "; ")))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
