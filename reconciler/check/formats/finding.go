package formats

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// Names are the formats, as people name them.
var Names = []string{"sarif", "junit", "github", "gitlab"}

// Rule is what readers are told of a rule.
type Rule struct {
	ID          string
	Title       string
	Description string
	Remedy      string // may be empty
	Controls    []string
}

// Write writes a report in a format of Names. Rules are those that its problems may name, which
// SARIF describes; one that is not among them is written with its id alone.
func Write(w io.Writer, format, version string, r check.Report, rules []Rule) error {
	var err error
	switch format {
	case "sarif":
		err = writeSARIF(w, version, r, rules)
	case "junit":
		err = writeJUnit(w, r)
	case "github":
		err = writeGitHub(w, r)
	case "gitlab":
		err = writeGitLab(w, r)
	default:
		return fmt.Errorf("write the report: %q is not one of the formats %s", format, strings.Join(Names, ", "))
	}
	if err != nil {
		return fmt.Errorf("write the report as %s: %w", format, err)
	}
	return nil
}

// A severity is how grave a finding is.
type severity int

const (
	note    severity = iota // it stops nothing: a rule that is tried, or what was so before
	warning                 // it stops nothing yet
	failure                 // it denies
)

// A finding is one problem, or the reason why a file could not be judged.
type finding struct {
	catalog.Problem
	severity severity
	unjudged bool // nobody could tell
}

// findings lists what is wrong in all files, in the order of the report.
func findings(r check.Report) []finding {
	var list []finding
	for _, result := range r.Results {
		if result.After == "" {
			list = append(list, findingsOf(result)...)
		}
	}
	return list
}

// findingsOf lists what is wrong in one file.
func findingsOf(r check.Result) []finding {
	var list []finding
	for _, p := range r.Problems {
		p.Path = cmp.Or(p.Path, r.Path)
		list = append(list, finding{Problem: p, severity: severityOf(p)})
	}
	if r.Verdict == policies.Error {
		list = append(list, finding{
			Problem:  catalog.Problem{Rule: "not-judged", Message: cmp.Or(r.Reason, "It could not be judged"), Path: r.Path},
			severity: failure, unjudged: true,
		})
	}
	return list
}

func severityOf(p catalog.Problem) severity {
	switch {
	case p.Waiver != nil || p.Before || p.Level != catalog.Deny && p.Level != catalog.Warn:
		return note
	case p.Level == catalog.Warn:
		return warning
	}
	return failure
}

// text is what a finding says: what is wrong, and what to do.
func (f finding) text() string {
	words := []string{f.Message}
	if f.Remedy != "" {
		words = append(words, f.Remedy)
	}
	if f.Waiver != nil {
		words = append(words, "It is waived by "+*f.Waiver)
	}
	for i, s := range words {
		if s = strings.TrimSpace(s); !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
			s += "."
		}
		words[i] = s
	}
	return strings.Join(words, " ")
}

// fingerprint tells a finding from others, and is the same when lines before it come or go.
func (f finding) fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.Path, f.Field, f.Message}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// approvals are what a result waits for, in words.
func approvals(r check.Result) []string {
	var list []string
	for _, need := range r.Approvals.Required {
		if slices.Contains(r.Approvals.Missing, need.Role) {
			list = append(list, fmt.Sprintf("approval by %s: %s", need.Role, need.Reason))
		}
	}
	return list
}
