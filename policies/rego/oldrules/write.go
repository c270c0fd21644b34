package oldrules

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/policies/bundle"
)

// areas are those of the rules of the library.
var areas = sync.OnceValue(func() []string {
	var names []string
	entries, _ := fs.ReadDir(bundle.FS, ".") // embedded files are there
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
})

// source is a definition in today's Rego, with its comments. The formatter takes trees as the
// parser makes them and may not know what to do with one that was rewritten.
func (d *definition) source() (text string, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("cannot be written in today's Rego: %v", caught)
		}
	}()
	m := &ast.Module{Package: d.module.parsed.Package, Rules: []*ast.Rule{d.rule}, Comments: d.comments}
	src, err := format.AstWithOpts(m, format.Opts{RegoVersion: ast.RegoV1, DropRedundantDirectiveImports: true, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV1}})
	if err != nil {
		return "", fmt.Errorf("cannot be written in today's Rego: %w", err)
	}
	_, rule, _ := strings.Cut(string(src), "\n")
	rule = strings.Trim(rule, "\n") + "\n"
	if _, err := ast.ParseModuleWithOpts("", "package p\n\n"+rule, ast.ParserOptions{RegoVersion: ast.RegoV1}); err != nil {
		return "", fmt.Errorf("cannot be written in today's Rego, where `if`, `in`, `contains` and `every` are no names: %s", firstLine(err))
	}
	return rule, nil
}

// format writes a definition in today's Rego, or leaves it.
func (d *definition) format() {
	if d.text != "" || len(d.left) > 0 {
		return
	}
	text, err := d.source()
	if err != nil {
		d.leave(d.rule.Location, d.name, "It %s. Write it anew as a rule of a catalog; `levee init` makes an example.", err)
	}
	if d.shorter && !strings.Contains(text, "`") {
		text = strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" }), "\n") + "\n"
	}
	d.text = text
}

// written is a rule of a catalog that is made of a result.
type written struct {
	module      *module
	entry       entry
	id          string
	level       catalog.Level
	definitions []*definition
	helpers     []*definition
	constraint  *constraint // whose parameters it asks by; nil for none
	asked       []string    // those parameters
}

func (w *written) path() string { return "policies/" + fileName(w.id) }

// fileName is the name of the file of a rule or library.
func fileName(id string) string {
	return strings.NewReplacer(".", "_", "-", "_").Replace(id) + ".rego"
}

// document writes the rule, and reports what became of what.
func (w *written) document() *convert.Document {
	var b strings.Builder
	b.WriteString(w.annotation())
	pkg := strings.ReplaceAll(w.id, "-", "_")
	fmt.Fprintf(&b, "package %s\n", pkg)
	writeImports(&b, append(slices.Clone(w.definitions), w.helpers...))
	if len(w.module.remarks) > 0 {
		b.WriteString("\n" + said(w.module.remarks) + "\n")
	}
	if w.entry.grants {
		d := w.definitions[0]
		fmt.Fprintf(&b, "\n%s contains {\"message\": %s} if not %s\n", problemSet, ast.String(d.general()).String(), d.name)
	}
	if len(w.asked) > 0 {
		b.WriteString("\n" + w.constraint.definition(w.asked))
	}
	for _, d := range append(slices.Clone(w.definitions), w.helpers...) {
		b.WriteString("\n" + d.text)
	}
	doc := &convert.Document{Path: w.path(), Kind: catalog.KindPolicy, Text: b.String()}
	for _, d := range w.definitions {
		to := problemSet
		switch {
		case w.entry.grants:
			to = problemSet + " where it does not hold"
		case d.role != "":
			to = approvalSet
		}
		d.tell(doc, to)
		for _, part := range d.extra {
			w.module.report.Left = append(w.module.report.Left, convert.Note{Field: d.name + " " + part, Line: d.line, Text: "A problem has a message, a field and a remedy: put into the message what people need of it."})
		}
		d.extra = nil
	}
	for _, d := range w.helpers {
		d.tell(doc, d.name)
	}
	if w.constraint != nil {
		w.constraint.tell(doc)
	}
	return doc
}

// tell reports what a definition became in a document.
func (d *definition) tell(doc *convert.Document, to string) {
	d.used = true
	r := d.module.report
	r.Taken = append(r.Taken, convert.Taken{Field: d.name, Line: d.line, Document: doc.Path, To: to})
	for _, t := range d.taken {
		t.Document = doc.Path
		if !slices.Contains(r.Taken, t) {
			r.Taken = append(r.Taken, t)
		}
	}
	becomes(r, doc)
}

func becomes(r *convert.FileReport, doc *convert.Document) {
	if !slices.Contains(r.Becomes, doc.Path) {
		r.Becomes = append(r.Becomes, doc.Path)
	}
}

// annotation is the metadata of the rule.
func (w *written) annotation() string {
	title, description, remedy := w.title(), "", "Change what the message names; "+w.path()+" has what the rule looks at."
	for _, a := range w.module.parsed.Annotations {
		if a.Scope != "package" {
			continue
		}
		description = strings.Join(strings.Fields(a.Description), " ")
		if r, ok := a.Custom["remedy"].(string); ok {
			remedy = r
		}
	}
	from := fmt.Sprintf("Taken in from %s, where it was `%s` of %s.", path.Base(w.module.report.Path), w.definitions[0].name, w.module.packageName())
	lines := []string{
		"METADATA", "scope: package", "title: " + quoted(title), "description: " + quoted(strings.TrimSpace(description+" "+from)),
		"custom:", "  id: " + w.id, "  enforcement: " + string(w.level), "  remedy: " + quoted(remedy),
	}
	return "# " + strings.Join(lines, "\n# ") + "\n"
}

// quoted is a text as YAML reads it on one line.
func quoted(text string) string { return strconv.Quote(safetext.Shown(text, false)) }

// title is what the rule is called: by its annotation, by what it says, or by its id.
func (w *written) title() string {
	for _, a := range w.module.parsed.Annotations {
		if a.Title != "" && (a.Scope == "package" || slices.ContainsFunc(w.definitions, func(d *definition) bool {
			return a.GetTargetPath().HasPrefix(d.module.parsed.Package.Path.Append(ast.StringTerm(d.name)))
		})) {
			return a.Title
		}
	}
	for _, d := range w.definitions {
		if said, ok := d.constantMessage(); ok && len(said) <= 120 {
			return said
		}
	}
	return "Rule " + w.id
}

// constantMessage is the message of a result, where it is always the same.
func (d *definition) constantMessage() (string, bool) {
	object, ok := keyOf(d.rule).(ast.Object)
	if !ok {
		return "", false
	}
	for _, name := range []string{"message", "reason"} {
		t := object.Get(ast.StringTerm(name))
		if t == nil {
			continue
		}
		if s, ok := t.Value.(ast.String); ok {
			return string(s), true
		}
		for _, e := range d.rule.Body {
			if terms, ok := e.Terms.([]*ast.Term); ok && isBinding(e) && terms[1].Equal(t) {
				s, ok := terms[2].Value.(ast.String)
				return string(s), ok
			}
		}
	}
	return "", false
}

func keyOf(r *ast.Rule) ast.Value {
	if r.Head.Key == nil {
		return nil
	}
	return r.Head.Key.Value
}

// writeImports writes the imports that some definitions use.
func writeImports(b *strings.Builder, all []*definition) {
	lines := map[string]bool{}
	for _, d := range all {
		for _, imported := range d.importsUsed() {
			line := "import " + imported.Path.String()
			if imported.Alias != "" {
				line += " as " + string(imported.Alias)
			}
			lines[line] = true
		}
	}
	if len(lines) > 0 {
		b.WriteString("\n" + strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n")
	}
}

// library is what rules use of another package.
type library struct {
	pkg         string // data.lib.images
	definitions []*definition
}

func (c *conversion) library(pkg string) *library {
	if c.libraries[pkg] == nil {
		c.libraries[pkg] = &library{pkg: pkg}
	}
	return c.libraries[pkg]
}

func (c *conversion) sortedLibraries() []*library {
	var list []*library
	for _, pkg := range slices.Sorted(maps.Keys(c.libraries)) {
		list = append(list, c.libraries[pkg])
	}
	return list
}

func (l *library) add(list []*definition) {
	for _, d := range list {
		if !slices.Contains(l.definitions, d) {
			l.definitions = append(l.definitions, d)
		}
	}
}

// document writes what is used of a package, under its own name.
func (l *library) document() *convert.Document {
	var b strings.Builder
	name := strings.TrimPrefix(l.pkg, "data.")
	fmt.Fprintf(&b, "package %s\n", name)
	writeImports(&b, l.definitions)
	for _, d := range l.definitions {
		b.WriteString("\n" + d.text)
	}
	doc := &convert.Document{Path: "policies/" + fileName(name), Kind: catalog.KindPolicy, Text: b.String()}
	for _, d := range l.definitions {
		d.tell(doc, d.name)
	}
	return doc
}
