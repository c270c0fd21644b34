package catalog

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// locate finds the place of a field path under a node; where the field is not
// written, the nearest one above it that is.
//
// A path is names joined by dots, with brackets for what is in a list or has a
// name of the author's: egress[0] is the first item, egress[maps.example.com]
// the item of that value, secrets[API_KEY] the item of that name, vendor or data
// set, labels["cost centre"] the entry of that name.
func locate(root *yaml.Node, field string) Place {
	at := found{root, Place{root.Line, root.Column}}
	for field != "" {
		step, rest := nextStep(field)
		next := step(at.value)
		if next.value == nil {
			break
		}
		at, field = next, rest
	}
	return at.Place
}

// nextStep takes the first step off a path.
func nextStep(field string) (step func(*yaml.Node) found, rest string) {
	if !strings.HasPrefix(field, "[") {
		field = strings.TrimPrefix(field, ".")
		end := strings.IndexAny(field, ".[")
		if end < 0 {
			end = len(field)
		}
		name := field[:end]
		return func(n *yaml.Node) found { return child(n, name) }, field[end:]
	}
	if quoted, err := strconv.QuotedPrefix(field[1:]); err == nil {
		name, _ := strconv.Unquote(quoted)
		return func(n *yaml.Node) found { return child(n, name) }, strings.TrimPrefix(field[1+len(quoted):], "]")
	}
	inside, rest, _ := strings.Cut(field[1:], "]")
	return func(n *yaml.Node) found { return item(n, inside) }, rest
}

// found is a node and the place people are shown for it.
type found struct {
	value *yaml.Node
	Place
}

// child is the entry of a mapping. The place of a word is where the word stands,
// that of anything longer is where its name does.
func child(n *yaml.Node, name string) found {
	if n.Kind != yaml.MappingNode {
		return found{}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Value != name:
		case value.Kind == yaml.ScalarNode && value.Value != "":
			return found{value, Place{value.Line, value.Column}}
		default:
			return found{value, Place{key.Line, key.Column}}
		}
	}
	return found{}
}

// item is the item of a list, by position or by what it says.
func item(n *yaml.Node, inside string) found {
	if n.Kind != yaml.SequenceNode {
		return found{}
	}
	position, err := strconv.Atoi(inside)
	for i, node := range n.Content {
		if err == nil && i == position || err != nil && says(node, inside) {
			return found{node, Place{node.Line, node.Column}}
		}
	}
	return found{}
}

// says reports whether a list's item is the value asked for, or an object called
// so.
func says(n *yaml.Node, value string) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Value == value
	}
	for _, name := range []string{"name", "vendor", "dataset", "person"} {
		if at := child(n, name); at.value != nil && at.value.Value == value {
			return true
		}
	}
	return false
}
