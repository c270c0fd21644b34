package policies

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/rego"
)

// SecretFact is a secret that a scan found, or a file that it could not read. It says where,
// and nothing of the value: the repository is read by people who must not have it, and holds
// the ledger too.
type SecretFact struct {
	// Path is the file; empty for a text beside the files, which In names.
	Path    string `json:"path,omitempty"`
	In      string `json:"in,omitempty"`   // "the title of the change"
	Kind    string `json:"kind,omitempty"` // of secret, in words: "AWS access token"
	Certain bool   `json:"certain,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Unread  string `json:"unread,omitempty"` // why a file was not scanned, or not all of it
}

// SecretFacts is what a scan of one file found.
func SecretFacts(f secretscan.File) []SecretFact {
	var facts []SecretFact
	for _, found := range f.Findings {
		facts = append(facts, SecretFact{Path: f.Path, Kind: found.Kind, Certain: found.Certain, Line: found.Line, Column: found.Column})
	}
	if f.Unread != "" {
		facts = append(facts, SecretFact{Path: f.Path, Unread: f.Unread})
	}
	return facts
}

// FindSecrets scans files of a snapshot, and returns what was found by the path of the app that
// they belong to; those of governance by the empty path. The redactor learns of it. It fails if a
// file cannot be had.
func FindSecrets(ctx context.Context, scanner *secretscan.Scanner, redactor *secretscan.Redactor, files catalog.Files, s *catalog.Snapshot, entries []catalog.Entry) (map[string][]SecretFact, error) {
	scanned, err := scanner.Files(ctx, files, entries)
	if err != nil {
		return nil, err
	}
	found := map[string][]SecretFact{}
	for _, f := range scanned {
		owner := ""
		if app := catalog.AppAround(s, f.Path); app != nil {
			owner = app.Path
		}
		redactor.Learn(f.Findings...)
		found[owner] = append(found[owner], SecretFacts(f)...)
	}
	return found, nil
}

// The rules about secrets in the repository. They are set and waived like those in Rego, and
// written in Go since what they find is in no input of a rule.
const (
	SecretFound     = "secrets.in-repository"
	SecretSuspected = "secrets.suspected"
	SecretUnread    = "secrets.unread"
)

// secretRules describes them.
var secretRules = []rego.Rule{
	{
		ID: SecretFound, Title: "No secret is written in the repository", Enforcement: catalog.Deny, Fields: []string{"every file, and the title and commits of a change"},
		Description: "Whoever can read the repository has every secret that was ever written into it, and nothing takes it out of its history. Each file that a change touches is scanned for what looks like a key or a token of a known kind. Secrets are kept in a store, and files name their place.",
		Remedy:      "Have the secret replaced where it was issued: whoever can read the repository has it. Then take it out here, keep the new one in a store, and name its place under `spec.secrets`.",
		Controls:    []string{"soc2:CC6.1", "iso27001:A.5.17", "iso27001:A.8.24"},
	},
	{
		ID: SecretSuspected, Title: "What looks like a secret is looked at", Enforcement: catalog.Warn, Fields: []string{"every file, and the title and commits of a change"},
		Description: "Beside a name such as `token` or `password` stands something that looks random. Most of it is a secret, and some is not, so this stops nothing unless the settings say so.",
		Remedy:      "If it is a secret, have it replaced where it was issued, take it out here, keep the new one in a store, and name its place under `spec.secrets`.",
		Controls:    []string{"soc2:CC6.1", "iso27001:A.5.17"},
	},
	{
		ID: SecretUnread, Title: "Files that were not scanned for secrets are named", Enforcement: catalog.Warn, Fields: []string{"every file"},
		Description: "A file that is no text, or a very large one, is not scanned for secrets. Whoever reviews the change looks at it instead.",
		Remedy:      "Look at it yourself, or keep it somewhere else.",
		Controls:    []string{"soc2:CC6.1"},
	},
}

// SecretProblems are the problems that follow from what a scan found, by the settings for an app
// on a day, or for all apps, and the waivers that hold, by rule; rules may be nil, where there are no settings. Those in a
// text beside the files are at no path.
func SecretProblems(rules *RuleSet, app settings.Traits, found []SecretFact, now time.Time, waivers map[string]string) []catalog.Problem {
	var problems []catalog.Problem
	add := func(id string, at SecretFact, message string) {
		for _, r := range secretRules {
			on := true
			if r.ID == id && rules != nil {
				r, on = r.WithSettings(rules.Settings().Rules[id].For(app), scalar.DateOf(now, rules.Zone()))
			}
			if r.ID != id || !on {
				continue
			}
			p := catalog.Problem{Rule: id, Level: r.Enforcement, Message: message, Remedy: r.Remedy, Path: at.Path, Line: at.Line, Column: at.Column, Controls: r.Controls}
			if waiver, ok := waivers[id]; ok {
				p.Waiver = &waiver
			}
			problems = append(problems, p)
		}
	}
	var unread []SecretFact
	for _, f := range found {
		where := "The file"
		if f.In != "" {
			where = capital(f.In)
		}
		switch {
		case f.Unread != "":
			unread = append(unread, f)
		case f.Certain:
			add(SecretFound, f, fmt.Sprintf("%s holds a secret (%s).", where, f.Kind))
		default:
			add(SecretSuspected, f, fmt.Sprintf("%s may hold a secret (%s).", where, f.Kind))
		}
	}
	if len(unread) == 1 {
		add(SecretUnread, unread[0], "The file was not scanned for secrets, or not to its end. "+unread[0].Unread)
	} else if len(unread) > 1 {
		names := make([]string, len(unread))
		for i, f := range unread {
			names[i] = "`" + f.Path + "`"
		}
		add(SecretUnread, unread[0], fmt.Sprintf("%d files were not scanned for secrets, or not to their end: %s.", len(unread), strings.Join(shorten(names), ", ")))
	}
	return problems
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Secrets are the problems that follow from what was found in the files of a subject, by the
// settings and the waivers that hold for it.
func (s *RuleSet) Secrets(b Brief) []catalog.Problem {
	if len(b.Facts.Secrets) == 0 {
		return nil
	}
	return SecretProblems(s, b.traits(), b.Facts.Secrets, b.Now, activeWaivers(b, s.Zone()))
}

// Redacted is a brief from which text has taken what must not be read: out of the input of
// rules, the problems of the file and the names of files. What is decided from it, and what is
// recorded, has none of it either.
func (b Brief) Redacted(text func(string) string) Brief {
	if input, ok := redactedValue(b.Input, text).(map[string]any); ok && b.Input != nil {
		b.Input = input
	}
	b.Invalid, b.Facts.Problems = RedactedProblems(b.Invalid, text), RedactedProblems(b.Facts.Problems, text)
	b.Files = redactedTexts(b.Files, text)
	required := make([]Requirement, len(b.Required))
	for i, r := range b.Required {
		r.Reason = text(r.Reason)
		required[i] = r
	}
	if len(required) > 0 {
		b.Required = required
	}
	if b.Facts.Before != nil {
		b.Facts.Before = &Before{Denied: redactedTexts(b.Facts.Before.Denied, text), Asked: b.Facts.Before.Asked}
	}
	return b
}

func redactedTexts(list []string, text func(string) string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return out
}

// RedactedProblems are problems from whose words text has taken what must not be read.
func RedactedProblems(list []catalog.Problem, text func(string) string) []catalog.Problem {
	if list == nil {
		return nil
	}
	out := make([]catalog.Problem, len(list))
	for i, p := range list {
		p.Message, p.Remedy, p.Field = text(p.Message), text(p.Remedy), text(p.Field)
		out[i] = p
	}
	return out
}

// redactedValue is a JSON value without what must not be read; what it is given is not changed.
func redactedValue(in any, text func(string) string) any {
	switch x := in.(type) {
	case string:
		return text(x)
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[text(k)] = redactedValue(item, text)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = redactedValue(item, text)
		}
		return out
	}
	return in
}
