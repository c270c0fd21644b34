package convert

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// entry says what becomes of the fields at a path of names, as field.find takes it.
type entry struct {
	from string
	take func(c *conversion, f field)
}

// put gives a value of a file a home: a field of a group. Where the field is there and says
// something else, what is taken in now is left.
func (c *conversion) put(f field, g group, name string, value *yaml.Node, remark string) {
	if there := pick(g.at, name); there != nil {
		if !same(there, value) {
			c.leave(f, fmt.Sprintf("%s of %s says something else already: decide which it is.", safetext.Code(syntax.Join(g.d.locate(g.at), name)), safetext.Code(g.d.path)))
			return
		}
		c.took(f, g.d, remark, there)
		return
	}
	key := str(name)
	g.at.Content = append(g.at.Content, key, value)
	c.took(f, g.d, remark, value)
	c.moveComments(f, key, value)
}

// also gives a value that was taken a second home, if that is free.
func (c *conversion) also(f field, g group, name string, value *yaml.Node) {
	if pick(g.at, name) == nil && c.accounted[f.node] {
		g.at.Content = append(g.at.Content, str(name), value)
		c.took(f, g.d, "", value)
	}
}

// add gives a value of a file a home in a list, in which it stands once.
func (c *conversion) add(f field, g group, list string, value *yaml.Node, remark string) {
	items := g.list(list)
	if i := slices.IndexFunc(items.Content, func(there *yaml.Node) bool { return same(there, value) }); i >= 0 {
		c.took(f, g.d, remark, items.Content[i])
		return
	}
	items.Content = append(items.Content, value)
	c.took(f, g.d, remark, value)
	c.moveComments(f, value, value)
}

func (c *conversion) took(f field, d *draft, remark string, home *yaml.Node) {
	c.accounted[f.node] = true
	if d.line == 0 {
		d.line = f.node.Line
	}
	if !slices.Contains(c.file.Becomes, d.path) {
		c.file.Becomes = append(c.file.Becomes, d.path)
	}
	c.out.takes = append(c.out.takes, &take{file: c.file, from: f, at: c.prefix + f.path, d: d, node: home, remark: remark})
}

// leave reports a value, with all that is in it, that has no home or cannot be taken.
func (c *conversion) leave(f field, text string) {
	c.accounted[f.node] = true
	c.file.Left = append(c.file.Left, c.note(f, text))
}

// imply reports a value, with all that is in it, that the catalog asks of every app anyway.
func (c *conversion) imply(f field, text string) {
	c.accounted[f.node] = true
	c.file.Implied = append(c.file.Implied, c.note(f, text))
}

func (c *conversion) note(f field, text string) Note {
	return Note{Field: strings.TrimSpace(c.prefix + f.path), Line: f.node.Line, Text: text, Comments: c.claimAll(f)}
}

// blank says that a field of a group is to be filled in, because of a value of the file.
func (c *conversion) blank(f field, g group, name, text string) {
	c.accounted[f.node] = true
	if !slices.Contains(c.file.Becomes, g.d.path) {
		c.file.Becomes = append(c.file.Becomes, g.d.path)
	}
	if notes := c.claimAll(f); notes != "" {
		text += "\n" + notes
	}
	g.d.blanks = append(g.d.blanks, blank{fill: Fill{Document: g.d.path, Text: text, From: c.prefix + f.path, Line: f.node.Line}, group: g.at, name: name})
}

// same reports whether two values say the same.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// reading is how a word of a file is written in a catalog: as a node, with a remark where
// that is another word; or why it cannot be.
type reading func(word string) (value *yaml.Node, remark, wrong string)

// read reads the word that a field holds; nil after it left the field.
func (c *conversion) read(f field, how reading) (*yaml.Node, string) {
	switch {
	case f.empty():
		c.leave(f, "It is empty: there is nothing to take in.")
		return nil, ""
	case f.text() == "":
		c.leave(f, "One word or number is expected here; write "+safetext.Code(f.name())+" as one.")
		return nil, ""
	}
	value, remark, wrong := how(f.text())
	if value == nil {
		c.leave(f, wrong)
	}
	return value, remark
}

// appField is the taker of a field of the app that the document becomes.
func appField(how reading, name string, above ...string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if value, remark := c.read(f, how); value != nil {
			c.put(f, c.app.in(append([]string{"spec"}, above...)...), name, value, remark)
		}
	}
}

// appItem is the taker of an item of a list of the app.
func appItem(how reading, name string, above ...string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if value, remark := c.read(f, how); value != nil {
			c.add(f, c.app.in(append([]string{"spec"}, above...)...), name, value, remark)
		}
	}
}

// settingsField is the taker of a field of the settings.
func settingsField(how reading, name string, above ...string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if value, remark := c.read(f, how); value != nil {
			c.put(f, c.settings(above...), name, value, remark)
		}
	}
}

// leaving and implying are the takers of what is told in one sentence.
func leaving(text string) func(*conversion, field) {
	return func(c *conversion, f field) { c.leave(f, text) }
}

func implying(text string) func(*conversion, field) {
	return func(c *conversion, f field) { c.imply(f, text) }
}

// implyingIf implies a value that is one of some words, and leaves any other.
func implyingIf(words []string, implied, left string) func(*conversion, field) {
	return func(c *conversion, f field) {
		if slices.Contains(words, lower(f)) {
			c.imply(f, implied)
			return
		}
		c.leave(f, left)
	}
}
