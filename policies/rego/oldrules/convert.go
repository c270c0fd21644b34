package oldrules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/dialect"
)

// Is reports whether a file holds rules, or the parameters of some.
func Is(src []byte) bool { return IsRego(src) || isGatekeeper(src) }

// Files takes in files of rules, and the constraints that say by which parameters they ask.
// Files of one package may use what the others define.
func Files(files []convert.File) convert.Report {
	c := &conversion{definitions: map[string][]*definition{}, ids: map[string]bool{}, libraries: map[string]*library{}}
	report := convert.Report{Files: []*convert.FileReport{}, Documents: []*convert.Document{}}
	for _, f := range files {
		r := newReport(f.Path)
		report.Files = append(report.Files, r)
		c.read(r, f)
	}
	for _, m := range c.modules {
		for _, d := range m.rules {
			d.rewrite()
		}
	}
	for _, m := range c.modules {
		for _, d := range m.rules {
			(&rewriting{definition: d}).translateAll()
		}
	}
	for _, m := range c.modules {
		c.module(m)
	}
	c.finish()
	slices.SortFunc(c.documents, func(a, b *convert.Document) int { return strings.Compare(a.Path, b.Path) })
	report.Documents = append(report.Documents, c.documents...)
	return report
}

// conversion is the taking in of some files together.
type conversion struct {
	modules     []*module
	constraints []*constraint
	definitions map[string][]*definition // by full name: data.microapp.gate.allowed
	ids         map[string]bool          // of the rules that were written
	libraries   map[string]*library      // by package
	documents   []*convert.Document
}

func (c *conversion) read(r *convert.FileReport, f convert.File) {
	if len(f.Source) > catalog.MaxPolicy {
		r.Problems = []catalog.Problem{unread(f.Path, 1, fmt.Sprintf("The file is longer than %d KiB, as long as one of rules may be.", catalog.MaxPolicy>>10))}
		return
	}
	if isGatekeeper(f.Source) {
		c.gatekeeper(r, f)
		return
	}
	r.Dialects = append(r.Dialects, dialect.Rules)
	c.add(readModule(r, string(f.Source)))
}

func (c *conversion) add(m *module) {
	if m == nil {
		return
	}
	c.modules = append(c.modules, m)
	for _, d := range m.rules {
		full := m.parsed.Package.Path.String() + "." + d.name
		c.definitions[full] = append(c.definitions[full], d)
	}
}

// module writes the rules of a module, one for each result.
func (c *conversion) module(m *module) {
	var order []entry
	results := map[entry][]*definition{}
	for _, d := range m.rules {
		e, ok := entryNamed(d.name)
		switch {
		case d.isTest():
			note(m, d, "The input of the test is of another shape: write one beside the new rule; `levee init` makes an example.")
		case !ok, c.derived(m, d, e):
		case d.rule.Default && !e.grants:
			d.used = true
			m.report.Implied = append(m.report.Implied, convert.Note{Field: d.name, Line: d.line, Text: "A set is empty where nothing is in it."})
		default:
			if results[e] == nil {
				order = append(order, e)
			}
			results[e] = append(results[e], d)
		}
	}
	for _, e := range order {
		c.result(m, e, results[e])
	}
}

// derived reports a result that only says that another one found nothing.
func (c *conversion) derived(m *module, d *definition, e entry) bool {
	if !e.grants || len(d.taken) > 0 || len(d.left) > 0 {
		return false
	}
	own, _ := d.uses()
	judges, others := false, false
	for _, name := range own {
		other, isEntry := entryNamed(name)
		known := len(c.definitions[m.parsed.Package.Path.String()+"."+name]) > 0
		judges = judges || known && isEntry && !other.grants
		others = others || known && !isEntry
	}
	for _, beside := range c.definitions[m.parsed.Package.Path.String()+"."+d.name] {
		if beside != d && !beside.rule.Default {
			return false
		}
		if d.rule.Default && beside != d {
			return c.derived(m, beside, e)
		}
	}
	if !judges || others {
		return false
	}
	for _, one := range c.definitions[m.parsed.Package.Path.String()+"."+d.name] {
		if !one.used {
			one.used = true
			m.report.Implied = append(m.report.Implied, convert.Note{Field: one.name, Line: one.line, Text: "An app is allowed where no rule finds a problem."})
		}
	}
	return true
}

// note reports a definition that is left.
func note(m *module, d *definition, text string) {
	d.used = true
	m.report.Left = append(m.report.Left, convert.Note{Field: d.name, Line: d.line, Text: text, Comments: said(d.comments)})
}

// finish writes the libraries, and reports what nothing uses.
func (c *conversion) finish() {
	for _, l := range c.sortedLibraries() {
		c.documents = append(c.documents, l.document())
	}
	for _, m := range c.modules {
		for _, d := range m.rules {
			if !d.used {
				d.report(m.report)
				text := "No rule that was taken in uses it."
				if d.astray {
					text = "Only what is left uses it."
				}
				note(m, d, text)
			}
		}
		if len(m.report.Becomes) == 0 && len(m.remarks) > 0 {
			m.report.Implied = append(m.report.Implied, convert.Note{
				Field: "package", Line: m.parsed.Package.Location.Row, Comments: said(m.remarks),
				Text: "It is what the rules were called together, and says nothing of apps.",
			})
		}
		for _, list := range [][]convert.Note{m.report.Left, m.report.Implied} {
			slices.SortStableFunc(list, func(a, b convert.Note) int { return cmp.Compare(a.Line, b.Line) })
		}
		slices.SortStableFunc(m.report.Taken, func(a, b convert.Taken) int { return cmp.Compare(a.Line, b.Line) })
	}
	for _, one := range c.constraints {
		if !one.used {
			one.report.Left = append(one.report.Left, convert.Note{Field: "kind", Line: 1, Text: fmt.Sprintf("No rule of the kind %s was given: give its file too.", one.kind)})
		}
	}
}

// report tells, once, why a definition is left.
func (d *definition) report(r *convert.FileReport) {
	for _, n := range d.left {
		if !slices.Contains(r.Left, n) {
			r.Left = append(r.Left, n)
		}
	}
}
