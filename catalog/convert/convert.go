package convert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Files takes in files, in the order given. What several of them say of settings, people and
// roles comes together in one document; where they disagree the first counts, and what the
// other says is left.
func Files(files []File) Report {
	out := newOutput()
	for _, f := range files {
		report := &FileReport{
			Path: f.Path, Dialects: []dialect.Dialect{}, Becomes: []string{}, Taken: []Taken{}, Implied: []Note{}, Left: []Note{}, Fill: []Fill{}, Problems: []catalog.Problem{},
		}
		out.files = append(out.files, report)
		takeIn(out, report, f)
	}
	return out.finish()
}

// takeIn takes in one file.
func takeIn(out *output, report *FileReport, f File) {
	var problems []catalog.Problem
	docs := syntax.ParseAll(untabbed(f.Source), func(line, column int, field, rule, message, remedy string) {
		problems = append(problems, catalog.Problem{Rule: rule, Level: catalog.Deny, Message: message, Remedy: remedy, Path: f.Path, Field: field, Line: line, Column: column, Controls: []string{}})
	})
	if len(problems) > 0 {
		catalog.SortProblems(problems)
		report.Problems = problems[:min(len(problems), maxProblems)]
		return
	}
	if len(docs) == 0 {
		report.Problems = []catalog.Problem{noDialect(f.Path, 0, "The file is empty.")}
		return
	}
	for i, doc := range docs {
		c := &conversion{out: out, file: report, doc: doc, of: f.Path, accounted: map[*yaml.Node]bool{}, claimed: map[*yaml.Node]bool{}}
		if len(docs) > 1 {
			c.prefix = fmt.Sprintf("document %d ", i+1)
		}
		c.run()
	}
}

const maxProblems = 50 // shown of one file

// ruleDialect is the rule of the problem that a file is of no dialect.
const ruleDialect = "schema.kind"

// noDialect is the problem of a file that is of no dialect.
func noDialect(p string, line int, message string) catalog.Problem {
	var titles []string
	for _, d := range dialect.All() {
		titles = append(titles, d.Title())
	}
	return catalog.Problem{
		Rule: ruleDialect, Level: catalog.Deny, Path: p, Line: line, Controls: []string{}, Message: message,
		Remedy: "Give a file that is one of these: " + strings.Join(titles, ", ") + ".",
	}
}

// unknown is the problem of a document that is of no dialect.
func unknown(c *conversion, root field) catalog.Problem {
	p := noDialect(c.of, root.node.Line, "Nothing in it says what it is.")
	switch {
	case root.node.Kind != yaml.MappingNode:
		p.Message = "It does not consist of `name: value` lines."
	case strings.HasPrefix(root.child("api_version").text(), "levee.dev/"):
		p.Message, p.Remedy = "It is a file of a catalog already.", "Put it at its place in the catalog, and run levee check there."
	}
	p.Field = strings.TrimSpace(c.prefix)
	return p
}

// untabbed is JSON without the tabs that it may be indented by; anything else is as it was.
func untabbed(src []byte) []byte {
	if !json.Valid(src) {
		return src
	}
	lines := bytes.Split(src, []byte("\n"))
	for i, line := range lines {
		text := bytes.TrimLeft(line, " \t")
		if indent := len(line) - len(text); bytes.IndexByte(line[:indent], '\t') >= 0 {
			lines[i] = append(bytes.Repeat([]byte(" "), indent), text...)
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

// conversion is the taking in of one document of a file.
type conversion struct {
	out    *output
	file   *FileReport
	of     string     // the path of the file
	doc    *yaml.Node // the document, with the comments around it
	prefix string     // of the paths of fields, where a file has several documents

	accounted map[*yaml.Node]bool // values of which is known what became of all in them
	claimed   map[*yaml.Node]bool // nodes whose comments have a place
	app       *draft              // the app or template that the document becomes; nil before
	called    field               // the name of that
}

// tables say for each dialect what becomes of its fields, in order.
func tables(d dialect.Dialect, root field) []entry {
	switch d {
	case dialect.Backstage:
		return backstage(root.child("kind").text())
	case dialect.Microapp:
		return microapp
	case dialect.AppManifest:
		return appManifest
	case dialect.Template:
		return template
	case dialect.ThirdParties:
		return thirdParties
	case dialect.SecretPolicy:
		return secretPolicy
	case dialect.SecretHandling:
		return secretHandling
	case dialect.Secrets:
		return secretSheet
	case dialect.Access:
		return access
	case dialect.Checklist:
		return checklist
	case dialect.Gates:
		return gates
	default:
		return monitoring
	}
}

func (c *conversion) run() {
	root := field{node: c.doc.Content[0]}
	dialects := dialect.In(root.node)
	if len(dialects) == 0 {
		c.file.Problems = append(c.file.Problems, unknown(c, root))
		return
	}
	var table []entry
	for _, d := range dialects {
		if !slices.Contains(c.file.Dialects, d) {
			c.file.Dialects = append(c.file.Dialects, d)
		}
		table = append(table, tables(d, root)...)
	}
	if root.node.Kind == yaml.MappingNode && c.doc.HeadComment == "" { // what stands on top is about all of it
		first := root.node.Content[0]
		c.doc.HeadComment, first.HeadComment = first.HeadComment, ""
	}
	for _, e := range table {
		for _, f := range root.find(strings.FieldsFunc(e.from, func(r rune) bool { return r == '.' })) {
			if !c.spokenOf(f) {
				e.take(c, f)
			}
		}
	}
	titled(c)
	if c.sweep(root) {
		for _, f := range root.children() {
			c.leave(f, noField(f))
		}
	}
	c.commentsAround(root)
}

// spokenOf reports whether it is known what became of a field, or of something in it.
func (c *conversion) spokenOf(f field) bool {
	return c.accounted[f.node] || slices.ContainsFunc(f.children(), c.spokenOf)
}

// sweep leaves what no entry of the table spoke of, group by group. It reports whether
// nothing of a field was spoken of, which is for who holds the field to say then.
func (c *conversion) sweep(f field) (untouched bool) {
	if c.accounted[f.node] {
		return false
	}
	below := f.children()
	open := slices.DeleteFunc(slices.Clone(below), func(child field) bool { return !c.sweep(child) })
	if len(open) == len(below) {
		return true
	}
	for _, child := range open {
		c.leave(child, noField(child))
	}
	return false
}

func noField(f field) string {
	if f.empty() {
		return "It is empty: there is nothing to take in."
	}
	return "A catalog has no field for " + safetext.Code(f.name()) + "; keep it where people of the app look things up, or leave it out."
}
