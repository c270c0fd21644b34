package convert

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// field is a value in a file that is taken in. The zero value is one that is not there.
type field struct {
	path string     // such as secrets[0].name
	key  *yaml.Node // its name; nil for the root and for items of lists
	node *yaml.Node
	up   *field // the field that holds it
}

// name is what the field is called as the dialects spell it; of an item, what its list is.
func (f field) name() string {
	switch {
	case f.key != nil:
		return f.key.Value
	case f.up != nil:
		return f.up.name()
	}
	return "file"
}

// text is the word that the field holds, with plain hyphens; empty for anything else.
func (f field) text() string {
	if f.node == nil || f.node.Kind != yaml.ScalarNode || f.node.Tag == "!!null" {
		return ""
	}
	return dialect.Plain(f.node.Value)
}

// empty reports whether the field is there, and holds nothing.
func (f field) empty() bool {
	if f.node == nil {
		return false
	}
	return len(f.node.Content) == 0 && f.text() == ""
}

// children are the entries of a group, or the items of a list.
func (f field) children() []field {
	var list []field
	if f.node == nil {
		return nil
	}
	switch f.node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(f.node.Content); i += 2 {
			key := f.node.Content[i]
			list = append(list, field{path: syntax.Join(f.path, key.Value), key: key, node: f.node.Content[i+1], up: &f})
		}
	case yaml.SequenceNode:
		for i, item := range f.node.Content {
			list = append(list, field{path: f.path + "[" + strconv.Itoa(i) + "]", node: item, up: &f})
		}
	}
	return list
}

// words are the items of a list, or the one word that stands in place of a list.
func (f field) words() []field {
	if f.text() != "" {
		return []field{f}
	}
	return f.children()
}

// child is the entry of a group by the first of some names that it has.
func (f field) child(names ...string) field {
	for _, name := range names {
		for _, child := range f.children() {
			if child.key != nil && dialect.Key(child.key.Value) == name {
				return child
			}
		}
	}
	return field{}
}

// find lists the fields that a path of names leads to. A star stands for any entry or item.
// Sheets write a group as a list of pairs too, so a name is looked for in the items of a
// list as well.
func (f field) find(names []string) []field {
	if len(names) == 0 {
		return []field{f}
	}
	var found []field
	for _, child := range f.children() {
		switch {
		case names[0] == "*", child.key != nil && dialect.Key(child.key.Value) == names[0]:
			found = append(found, child.find(names[1:])...)
		case child.key == nil && child.node.Kind == yaml.MappingNode:
			found = append(found, child.find(names)...)
		}
	}
	return found
}
