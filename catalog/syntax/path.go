package syntax

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Place is where something stands in a file, from 1.
type Place struct{ Line, Column int }

// Locate finds the place of a field path under a node; where the field is not
// written, the nearest one above it that is.
//
// A path is names joined by dots, with brackets for what is in a list or has a
// name of the author's: egress[0] is the first item, egress[maps.example.com]
// the item of that value, secrets[API_KEY] the item of that name, vendor or data
// set, labels["cost centre"] the entry of that name.
func Locate(root *yaml.Node, field string) Place {
	at := Found{root, Place{root.Line, root.Column}}
	for field != "" {
		step, rest := nextStep(field)
		next := step(at.Value)
		if next.Value == nil {
			break
		}
		at, field = next, rest
	}
	return at.Place
}

// nextStep takes the first step off a path.
func nextStep(field string) (step func(*yaml.Node) Found, rest string) {
	if !strings.HasPrefix(field, "[") {
		field = strings.TrimPrefix(field, ".")
		end := strings.IndexAny(field, ".[")
		if end < 0 {
			end = len(field)
		}
		name := field[:end]
		return func(n *yaml.Node) Found { return Child(n, name) }, field[end:]
	}
	if quoted, err := strconv.QuotedPrefix(field[1:]); err == nil {
		name, _ := strconv.Unquote(quoted)
		return func(n *yaml.Node) Found { return Child(n, name) }, strings.TrimPrefix(field[1+len(quoted):], "]")
	}
	inside, rest, _ := strings.Cut(field[1:], "]")
	return func(n *yaml.Node) Found { return item(n, inside) }, rest
}

// Found is a node and the place people are shown for it.
type Found struct {
	Value *yaml.Node
	Place
}

// Child is the entry of a mapping. The place of a word is where the word stands,
// that of anything longer is where its name does.
func Child(n *yaml.Node, name string) Found {
	if n.Kind != yaml.MappingNode {
		return Found{}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Value != name:
		case value.Kind == yaml.ScalarNode && value.Value != "":
			return Found{value, Place{value.Line, value.Column}}
		default:
			return Found{value, Place{key.Line, key.Column}}
		}
	}
	return Found{}
}

// item is the item of a list, by position or by what it says.
func item(n *yaml.Node, inside string) Found {
	if n.Kind != yaml.SequenceNode {
		return Found{}
	}
	position, err := strconv.Atoi(inside)
	for i, node := range n.Content {
		if err == nil && i == position || err != nil && says(node, inside) {
			return Found{node, Place{node.Line, node.Column}}
		}
	}
	return Found{}
}

// ItemKeys are the names under which an object in a list may have what it is called, the first that it has
// is meant.
var ItemKeys = []string{"name", "vendor", "dataset", "question", "person"}

// says reports whether a list's item is the value asked for, or an object called
// so.
func says(n *yaml.Node, value string) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Value == value
	}
	for _, name := range ItemKeys {
		if at := Child(n, name); at.Value != nil && at.Value.Value == value {
			return true
		}
	}
	return false
}

// Walk follows a path as far as it is written.
func Walk(root *yaml.Node, field string) (at Found, rest string) {
	at = Found{Value: root}
	for field != "" {
		step, after := nextStep(field)
		next := step(at.Value)
		if next.Value == nil {
			return at, field
		}
		at, field = next, after
	}
	return at, ""
}

func IsWritten(root *yaml.Node, field string) bool {
	_, rest := Walk(root, field)
	return rest == ""
}

// Join extends a field path by a name. A name that is no plain word stands in
// brackets and quotes, so that a path can be taken apart again.
func Join(field, name string) string {
	switch {
	case !plainName(name):
		return field + "[" + strconv.Quote(name) + "]"
	case field == "":
		return name
	default:
		return field + "." + name
	}
}

// plainName reports whether a name is [A-Za-z_][A-Za-z0-9_-]*. It is asked of
// every field of every file, too often for a regular expression.
func plainName(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '-'):
		default:
			return false
		}
	}
	return name != ""
}
