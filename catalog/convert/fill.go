package convert

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// missing is what is to be filled in of a problem that says that a field is required.
func (d *draft) missing(p catalog.Problem) (blank, bool) {
	if p.Rule != "schema.required" {
		return blank{}, false
	}
	found, rest := syntax.Walk(d.root, p.Field)
	name := strings.TrimPrefix(rest, ".")
	if rest == "" || found.Value.Kind != yaml.MappingNode || strings.ContainsAny(name, ".[]") {
		return blank{}, false
	}
	return blank{fill: Fill{Document: d.path, Line: d.line, Text: describe(d.kind, p.Field)}, group: found.Value, name: name}, true
}

// fillIn puts the comments for all blanks where they belong, in front of the next field that
// is there, and reports them in the order in which they stand.
func (d *draft) fillIn() {
	places := d.places()
	order := map[*yaml.Node]int{}
	each(d.root, func(n *yaml.Node) { order[n] = len(order) })
	for i := range d.blanks {
		b := &d.blanks[i]
		b.fill.Field = syntax.Join(places[b.group], b.name)
		b.names = fieldOrder(d.kind, b.fill.Field)
	}
	slices.SortStableFunc(d.blanks, func(a, b blank) int {
		return cmp.Or(order[a.group]-order[b.group], slices.Index(a.names, a.name)-slices.Index(b.names, b.name))
	})
	asked := map[string]bool{}
	for _, b := range d.blanks {
		text, notes, _ := strings.Cut(b.fill.Text, "\n")
		b.fill.Text = text
		d.file.Fill = append(d.file.Fill, b.fill)
		comment := join("# "+b.name+": to be filled in. "+safetext.Shown(text, false), notes)
		if at := b.fill.Field + comment; !asked[at] {
			asked[at] = true
			d.ask(b, comment)
		}
	}
}

// ask puts the comment for a blank into its group; where the group is empty, in front of it.
func (d *draft) ask(b blank, comment string) {
	for i := 0; i+1 < len(b.group.Content); i += 2 {
		if key := b.group.Content[i]; key.Value == b.name || slices.Index(b.names, key.Value) > slices.Index(b.names, b.name) {
			key.HeadComment = join(key.HeadComment, comment)
			return
		}
	}
	if n := len(b.group.Content); n > 0 {
		last := b.group.Content[n-2]
		last.FootComment = join(last.FootComment, comment)
		return
	}
	each(d.root, func(n *yaml.Node) {
		if i := slices.Index(n.Content, b.group); i >= 0 && n.Kind == yaml.MappingNode {
			key := n.Content[i-1]
			key.HeadComment = join(key.HeadComment, strings.Replace(comment, "# ", "# "+key.Value+".", 1))
		} else if i >= 0 {
			b.group.HeadComment = join(b.group.HeadComment, comment)
		}
	})
}
