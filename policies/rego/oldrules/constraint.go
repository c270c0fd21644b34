package oldrules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// constraint says by which parameters a rule of Gatekeeper asks.
type constraint struct {
	report     *convert.FileReport
	kind, name string
	level      catalog.Level
	parameters map[string]any
	line       int // of the parameters
	used       bool
}

var gatekeeperKind = regexp.MustCompile(`(?m)^\s*"?apiVersion"?:\s*["']?(constraints|templates)\.gatekeeper\.sh/`)

// isGatekeeper reports whether a file is a constraint or a template of Gatekeeper.
func isGatekeeper(src []byte) bool { return gatekeeperKind.Match(src) }

// manifest is what is read of a constraint and of a template.
type manifest struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		EnforcementAction string         `json:"enforcementAction"`
		Match             map[string]any `json:"match"`
		Parameters        map[string]any `json:"parameters"`
		Targets           []struct {
			Rego string   `json:"rego"`
			Libs []string `json:"libs"`
		} `json:"targets"`
	} `json:"spec"`
}

// gatekeeper reads a constraint, or the rules in a template.
func (c *conversion) gatekeeper(r *convert.FileReport, f convert.File) {
	r.Dialects = append(r.Dialects, dialect.Gatekeeper)
	docs := syntax.ParseAll(f.Source, func(line, column int, field, rule, message, remedy string) {
		r.Problems = append(r.Problems, catalog.Problem{Rule: rule, Level: catalog.Deny, Path: f.Path, Field: field, Line: line, Column: column, Controls: []string{}, Message: message, Remedy: remedy})
	})
	if len(r.Problems) > 0 {
		return
	}
	var m manifest
	switch err := util.Unmarshal(f.Source, &m); {
	case len(docs) != 1:
		r.Problems = append(r.Problems, unread(f.Path, 1, "The file holds several documents: put each into a file of its own."))
		return
	case err != nil:
		r.Problems = append(r.Problems, unread(f.Path, 1, "It is no constraint and no template of Gatekeeper: a field has a value of another kind."))
		return
	}
	if strings.HasPrefix(m.APIVersion, "templates.") {
		for _, target := range m.Spec.Targets {
			for _, src := range append([]string{target.Rego}, target.Libs...) {
				if strings.TrimSpace(src) != "" {
					c.add(readModule(r, strings.Repeat("\n", lineOfText(f.Source, src))+src))
				}
			}
		}
		return
	}
	level, known := map[string]catalog.Level{"": catalog.Deny, "deny": catalog.Deny, "warn": catalog.Warn, "dryrun": catalog.DryRun}[m.Spec.EnforcementAction]
	if !known {
		level = catalog.Deny
		r.Left = append(r.Left, convert.Note{Field: "spec.enforcementAction", Line: lineOfText(f.Source, "enforcementAction") + 1, Text: "A rule is deny, warn or dryrun: it is written as deny."})
	}
	for _, of := range slices.Sorted(maps.Keys(m.Spec.Match)) {
		if of != "kinds" {
			r.Left = append(r.Left, convert.Note{Field: "spec.match." + of, Line: lineOfText(f.Source, of+":") + 1, Text: "A rule is asked of every app: write into it which apps it is about, by what they say."})
		}
	}
	c.constraints = append(c.constraints, &constraint{report: r, kind: m.Kind, name: m.Metadata.Name, level: level, parameters: m.Spec.Parameters, line: lineOfText(f.Source, "parameters") + 1})
}

// lineOfText is how many lines stand before the first line of a text.
func lineOfText(src []byte, text string) int {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	at := bytes.Index(src, []byte(strings.TrimSpace(first)))
	if at < 0 {
		return 0
	}
	return bytes.Count(src[:at], []byte("\n"))
}

// constraintsOf are the constraints of a module: their kind is the name of its package.
func (c *conversion) constraintsOf(m *module) []*constraint {
	var list []*constraint
	for _, one := range c.constraints {
		if strings.EqualFold(one.kind, m.packageName()) {
			list = append(list, one)
		}
	}
	return list
}

// definition is the parameters as a rule reads them. Those that the constraint leaves out are
// not there, as they were not before.
func (k *constraint) definition(asked []string) string {
	values, err := json.Marshal(k.parameters)
	if err != nil || k.parameters == nil {
		values = []byte("{}")
	}
	line := fmt.Sprintf("%s := %s", parametersName, values)
	if slices.ContainsFunc(asked, func(name string) bool { _, there := k.parameters[name]; return !there }) {
		line = fmt.Sprintf("%s[name] := value if some name, value in %s", parametersName, values)
	}
	src, err := format.SourceWithOpts("", []byte("package p\n\n"+line+"\n"), format.Opts{RegoVersion: ast.RegoV1})
	if err != nil {
		return line + "\n"
	}
	_, line, _ = strings.Cut(string(src), "\n\n")
	return line
}

// tell reports what a constraint became.
func (k *constraint) tell(doc *convert.Document) {
	if len(k.parameters) > 0 {
		k.report.Taken = append(k.report.Taken, convert.Taken{Field: "spec.parameters", Line: k.line, Document: doc.Path, To: parametersName})
	}
	k.report.Taken = append(k.report.Taken, convert.Taken{Field: "spec.enforcementAction", Line: 1, Document: doc.Path, To: "custom.enforcement"})
	becomes(k.report, doc)
}
