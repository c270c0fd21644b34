package convert

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
)

// draft is a document of the catalog that is being put together.
type draft struct {
	path   string
	kind   catalog.Kind
	file   *FileReport // whose document it is: what is to be filled in is told there
	line   int         // of the first value taken
	root   *yaml.Node
	blanks []blank
	keep   map[*yaml.Node]bool // groups that stand though nothing is in them
	above  []string            // comments in front of everything
}

// blank is something that is to be filled in.
type blank struct {
	fill  Fill
	group *yaml.Node // where it belongs
	name  string     // there
	names []string   // of the fields of the group, in order
}

// group is a group of fields of a draft, which is made where it is not there yet.
type group struct {
	d  *draft
	at *yaml.Node
}

// take is a value of a file that has a home.
type take struct {
	file   *FileReport
	from   field
	at     string // the field's path, with the document of the file
	d      *draft
	node   *yaml.Node // its home
	remark string
}

// output is all that is made of the files of one call.
type output struct {
	files  []*FileReport
	drafts []*draft
	paths  map[string]*draft // the same, by path
	takes  []*take
	names  map[string]bool   // of apps and blueprints that are there, each behind its kind
	people map[string]string // by e-mail address, the id
	ids    map[string]bool   // of people
}

func newOutput() *output {
	return &output{paths: map[string]*draft{}, names: map[string]bool{}, people: map[string]string{}, ids: map[string]bool{}}
}

// draft returns the document at a path, and makes it where there is none.
func (o *output) draft(p string, file *FileReport) *draft {
	if d := o.paths[p]; d != nil {
		return d
	}
	kind, _, _ := catalog.Address(p)
	d := &draft{path: p, kind: kind, file: file, root: mapping(), keep: map[*yaml.Node]bool{}}
	o.drafts, o.paths[p] = append(o.drafts, d), d
	return d
}

// in is a group of a draft by the names that lead there.
func (d *draft) in(names ...string) group {
	at := d.root
	for _, name := range names {
		next := pick(at, name)
		if next == nil || next.Kind != yaml.MappingNode {
			next = mapping()
			at.Content = append(at.Content, str(name), next)
		}
		at = next
	}
	return group{d, at}
}

func (g group) in(names ...string) group {
	inner := draft{root: g.at}
	return group{g.d, inner.in(names...).at}
}

// item is a new item of a list of groups.
func (g group) item(list string) group {
	items := g.list(list)
	item := mapping()
	items.Content = append(items.Content, item)
	return group{g.d, item}
}

func (g group) list(name string) *yaml.Node {
	if items := pick(g.at, name); items != nil {
		return items
	}
	items := &yaml.Node{Kind: yaml.SequenceNode}
	g.at.Content = append(g.at.Content, str(name), items)
	return items
}

// pick is the value of a name; nil where there is none.
func pick(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }
func str(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}
func raw(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

// settings are the settings of the catalog, and roles its people.
func (c *conversion) settings(names ...string) group {
	return c.out.draft("catalog.yaml", c.file).in(append([]string{"spec"}, names...)...)
}

func (c *conversion) roles(names ...string) group {
	return c.out.draft("roles.yaml", c.file).in(append([]string{"spec"}, names...)...)
}

// begin begins the document that a document of a file becomes, at a place made of its name,
// which is made one that a catalog takes and that nothing else has.
func (c *conversion) begin(kind catalog.Kind, name field, place func(name string) string) {
	text := name.text()
	id := guess.Name(cmp.Or(text, "unnamed"), func(try string) bool { return !c.out.names[string(kind)+" "+try] })
	c.out.names[string(kind)+" "+id] = true
	c.app = c.out.draft(place(id), c.file)
	c.app.line = c.doc.Content[0].Line
	if text == "" {
		return
	}
	remark := ""
	if id != text {
		remark = fmt.Sprintf("It is written %s: the names of a catalog have small letters, digits and dashes, and each is there once.", id)
	}
	c.put(name, c.app.in("metadata"), "name", str(id), remark)
	c.called = name
}

// titled calls the document that a file becomes what its name says, where there is no title.
func titled(c *conversion) {
	if text := c.called.text(); text != "" {
		c.also(c.called, c.app.in("spec"), "title", str(text))
	}
}

// appPlace is where an app belongs: in the folder that its file lies in, where that is the
// one of an app of this name, or else in one below the folder of its team.
func appPlace(c *conversion, team string) func(name string) string {
	return func(name string) string {
		dir := path.Dir(path.Clean(strings.ReplaceAll(c.of, `\`, "/")))
		if i := strings.LastIndex("/"+dir, "/apps/"); i >= 0 && path.Base(dir) == name {
			if there := path.Join(dir[i:], "app.yaml"); len(strings.Split(there, "/")) >= 3 {
				return there
			}
		}
		if team != "" {
			return path.Join("apps", guess.Name(team, func(string) bool { return true }), name, "app.yaml")
		}
		return path.Join("apps", name, "app.yaml")
	}
}
