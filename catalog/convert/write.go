package convert

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// finish writes what the files became, and says where each value went.
func (o *output) finish() Report {
	report := Report{Files: o.files, Documents: []*Document{}}
	slices.SortStableFunc(o.drafts, func(a, b *draft) int { return cmp.Compare(a.path, b.path) })
	for _, t := range o.takes {
		t.d.keep[t.node] = true
	}
	for _, d := range o.drafts {
		report.Documents = append(report.Documents, o.write(d))
	}
	places := map[*draft]map[*yaml.Node]string{}
	for _, d := range o.drafts {
		places[d] = d.places()
	}
	for _, t := range o.takes {
		if to, there := places[t.d][t.node]; there {
			t.file.Taken = append(t.file.Taken, Taken{Field: t.at, Line: t.from.node.Line, Document: t.d.path, To: to, Remark: t.remark})
		}
	}
	for _, f := range o.files {
		f.Becomes = slices.DeleteFunc(f.Becomes, func(p string) bool {
			return !slices.ContainsFunc(f.Taken, func(t Taken) bool { return t.Document == p }) && !slices.ContainsFunc(f.Fill, func(b Fill) bool { return b.Document == p })
		})
		slices.SortStableFunc(f.Taken, func(a, b Taken) int { return cmp.Compare(a.Line, b.Line) })
		slices.SortStableFunc(f.Implied, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
		slices.SortStableFunc(f.Left, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
		catalog.SortProblems(f.Problems)
	}
	return report
}

// parts are the documents that many files give something to, and what is said on top.
var parts = map[catalog.Kind]string{
	catalog.KindCatalog: "# Where the catalog has a catalog.yaml, put the fields below into it.",
	catalog.KindRoles:   "# Where the catalog has a roles.yaml, put the entries below into it.",
}

// write turns a draft into a document that the strict parse takes, but for what is to be
// filled in and for what the report says.
func (o *output) write(d *draft) *Document {
	d.in("metadata")
	d.in("spec")
	for _, b := range d.blanks {
		d.keep[b.group] = true
	}
	d.prune()
	d.root.Content = append([]*yaml.Node{str("apiVersion"), str(catalog.APIVersion), str("kind"), str(string(d.kind))}, d.root.Content...)
	d.sort()
	problems := d.problems()
	for o.refuse(d, problems) {
		d.prune()
		problems = d.problems()
	}
	for _, p := range problems {
		if b, ok := d.missing(p); ok {
			d.blanks = append(d.blanks, b)
		} else {
			p.Path = d.path
			d.file.Problems = append(d.file.Problems, p)
		}
	}
	d.fillIn()
	text := d.encode(true)
	return &Document{Path: d.path, Kind: d.kind, Text: text}
}

// problems are what the strict parse says of the draft as it stands.
func (d *draft) problems() []catalog.Problem {
	return catalog.Parse(d.path, "", []byte(d.encode(false))).Problems
}

// refuse takes values out that the strict parse does not take, and reports them as left. It
// is false once there are none. Problems come in the order of lines, so that those of one
// list are gone through from its end.
func (o *output) refuse(d *draft, problems []catalog.Problem) bool {
	out := map[*yaml.Node]catalog.Problem{}
	done := ""
	for _, p := range slices.Backward(problems) {
		if p.Rule == "schema.required" || p.Field == "" || p.Field == "spec" || p.Field == "metadata" || done != "" && strings.HasPrefix(p.Field, done) {
			continue
		}
		if node := d.takeOut(p.Field); node != nil {
			done = p.Field
			each(node, func(n *yaml.Node) { out[n] = p })
		}
	}
	if len(out) == 0 {
		return false
	}
	o.takes = slices.DeleteFunc(o.takes, func(t *take) bool {
		p, gone := out[t.node]
		if gone {
			note := Note{Field: t.at, Line: t.from.node.Line, Text: refusal(p)}
			each(t.node, func(n *yaml.Node) { note.Comments = join(note.Comments, n.HeadComment, n.LineComment, n.FootComment) })
			t.file.Left = append(t.file.Left, note)
		}
		return gone
	})
	return true
}

// refusal says why a value was not taken. What was written where the name of a secret belongs
// may be the secret.
func refusal(p catalog.Problem) string {
	if strings.HasPrefix(p.Field, "spec.secrets[") {
		return "It cannot stand at " + safetext.Code(p.Field) + ", and is not repeated here since it may be a secret: name the environment variable, the store, and where it lies there."
	}
	return p.Message + " " + p.Remedy
}

// takeOut takes the value at a field path out of a draft and returns it, with the comments
// of its name; nil where it is not there.
func (d *draft) takeOut(at string) *yaml.Node {
	found, rest := syntax.Walk(d.root, at)
	if rest != "" || found.Value == d.root {
		return nil
	}
	var holder *yaml.Node
	each(d.root, func(n *yaml.Node) {
		if slices.Contains(n.Content, found.Value) {
			holder = n
		}
	})
	i := slices.Index(holder.Content, found.Value)
	if holder.Kind == yaml.MappingNode {
		key := holder.Content[i-1]
		found.Value.HeadComment, found.Value.FootComment = join(key.HeadComment, found.Value.HeadComment), join(key.FootComment, found.Value.FootComment)
		holder.Content = slices.Delete(holder.Content, i-1, i+1)
	} else {
		holder.Content = slices.Delete(holder.Content, i, i+1)
	}
	return found.Value
}

// each calls do for a node and for all below it.
func each(n *yaml.Node, do func(*yaml.Node)) {
	do(n)
	for _, below := range n.Content {
		each(below, do)
	}
}

// prune takes out groups and lists that hold nothing, but for metadata and spec, which every
// document has, for roles, which may be held by nobody, and where a value of a file has
// its home or something is to be filled in.
func (d *draft) prune() {
	for i := 0; i+1 < len(d.root.Content); i += 2 {
		d.pruneIn(d.root.Content[i+1])
	}
}

func (d *draft) pruneIn(n *yaml.Node) {
	hollow := func(below *yaml.Node) bool {
		d.pruneIn(below)
		return len(below.Content) == 0 && (below.Kind == yaml.MappingNode || below.Kind == yaml.SequenceNode && d.kind != catalog.KindRoles) && !d.keep[below]
	}
	kept := n.Content[:0:0]
	for i, below := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode && !hollow(below):
			kept = append(kept, below)
		case n.Kind == yaml.MappingNode && i%2 == 1 && !hollow(below):
			kept = append(kept, n.Content[i-1], below)
		}
	}
	n.Content = kept
}

// places are the field paths of all that is in a draft.
func (d *draft) places() map[*yaml.Node]string {
	all := map[*yaml.Node]string{}
	var walk func(f field)
	walk = func(f field) {
		all[f.node] = f.path
		for _, child := range f.children() {
			walk(child)
		}
	}
	walk(field{node: d.root})
	return all
}

// locate is the field path of one node of a draft.
func (d *draft) locate(n *yaml.Node) string { return d.places()[n] }

// encode writes a draft as text, with or without comments. Should a comment ever change what
// the text says, it is written without any.
func (d *draft) encode(comments bool) string {
	plain := write(bare(d.root))
	if !comments {
		return plain
	}
	d.root.HeadComment = join(append([]string{parts[d.kind]}, d.above...)...)
	flow(d.root)
	text := write(d.root)
	var before, after yaml.Node
	if yaml.Unmarshal([]byte(plain), &before) != nil || yaml.Unmarshal([]byte(text), &after) != nil || !same(&before, &after) {
		var lost []string
		each(d.root, func(n *yaml.Node) { lost = append(lost, n.HeadComment, n.LineComment, n.FootComment) })
		return join(lost...) + "\n" + plain
	}
	return text
}

func write(root *yaml.Node) string {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		panic(fmt.Sprintf("convert: a tree of plain nodes is always writable: %v", err)) // unreachable
	}
	return b.String()
}

// bare is a copy of a tree without comments.
func bare(n *yaml.Node) *yaml.Node {
	plain := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value}
	for _, below := range n.Content {
		plain.Content = append(plain.Content, bare(below))
	}
	return plain
}

// flow writes lists of words on one line, where no comment stands between them.
func flow(n *yaml.Node) {
	const most = 60
	length, oneLine := 0, n.Kind == yaml.SequenceNode
	for _, item := range n.Content {
		flow(item)
		length += len(item.Value) + 2
		oneLine = oneLine && item.Kind == yaml.ScalarNode && item.HeadComment+item.LineComment+item.FootComment == ""
	}
	if oneLine && length <= most {
		n.Style = yaml.FlowStyle
	}
}
