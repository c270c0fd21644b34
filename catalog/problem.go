package catalog

import (
	"cmp"
	"slices"
)

// Level is how hard a rule bites.
type Level string

// The levels. A dryrun problem is shown to those who write rules and to nobody
// else: it never changes a verdict.
const (
	Deny   Level = "deny"
	Warn   Level = "warn"
	DryRun Level = "dryrun"
)

// Problem is one thing that is wrong with a file or an app: a value, never an
// error. It says which rule found it, where, and what its reader can do.
type Problem struct {
	Rule     string   `json:"rule"` // "schema.required", "egress.vendor-approved"
	Level    Level    `json:"level"`
	Message  string   `json:"message"` // one sentence, without YAML terms where it can
	Remedy   string   `json:"remedy"`  // what to do, as one sentence
	Path     string   `json:"path"`    // the file, from the catalog's root
	Field    string   `json:"field"`   // "spec.egress[0]"; empty for the whole file
	Line     int      `json:"line"`    // from 1; 0 where the file has no such place
	Column   int      `json:"column"`  // from 1, in characters
	Controls []string `json:"controls"`
	Waiver   *string  `json:"waiver"` // the waiver that covers it, if any
	// Before is set where it was so before a change that leaves the app's meaning alone:
	// it is shown, and does not stop the change.
	Before bool `json:"before,omitempty"`
}

// Denies reports whether a problem stops what it is found in: its rule denies, and no waiver covers it.
func (p Problem) Denies() bool { return p.Level == Deny && p.Waiver == nil }

// SortProblems puts problems in the order in which they are shown: by file,
// then place, then rule, then words, so that output is the same from run to run.
func SortProblems(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message),
		)
	})
}
