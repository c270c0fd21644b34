package formats

import (
	"encoding/json"
	"io"

	"github.com/levee-gitops/levee/reconciler/check"
)

// severities are the words of GitLab's code quality reports.
var severities = map[severity]string{note: "info", warning: "minor", failure: "critical"}

// issue is one entry of a code quality report, with the fields that GitLab reads.
type issue struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"` // from 1; what is about a whole file is shown at its first line
}

// writeGitLab writes a code quality report of GitLab. It shows an entry of a fingerprint once.
func writeGitLab(w io.Writer, r check.Report) error {
	list := []issue{}
	for _, f := range findings(r) {
		entry := issue{Description: f.text(), CheckName: f.Rule, Fingerprint: f.fingerprint(), Severity: severities[f.severity]}
		if f.unjudged {
			entry.Severity = "blocker"
		}
		entry.Location = location{Path: f.Path, Lines: lines{Begin: max(1, f.Line)}}
		list = append(list, entry)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(list)
}
