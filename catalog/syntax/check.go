package syntax

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// nodeCheck walks the tree once for everything that is refused wherever it stands.
type nodeCheck struct {
	report Report
	nodes  int
	full   bool
	trail  []step // from the root to the node being looked at
}

func (c *nodeCheck) node(n *yaml.Node, depth int) {
	c.nodes++
	switch {
	case c.full:
		return
	case c.nodes > maxNodes || depth > maxDepth:
		c.full = true
		c.report(n.Line, n.Column, c.field(), "schema.limit",
			fmt.Sprintf("The file is nested or filled beyond %d levels or %d values.", maxDepth, maxNodes), "Describe less in one file.")
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		c.report(n.Line, n.Column, c.field(), "schema.forbidden-yaml", "Anchors (&) and aliases (*) are not allowed.", "Write the value out; put it in quotes if it really starts with & or *.")
	case n.Style&yaml.TaggedStyle != 0:
		c.report(n.Line, n.Column, c.field(), "schema.forbidden-yaml", "Type tags (!) are not allowed.", "Remove the tag; put the value in quotes if it really starts with !.")
	}
	switch n.Kind {
	case yaml.MappingNode:
		seen := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			switch line, dup := seen[key.Value]; {
			case key.Kind != yaml.ScalarNode || key.Tag != "!!str" || key.Anchor != "":
				what := "This name is not plain text."
				if key.Tag == "!!merge" {
					what = "Merge keys (<<) are not allowed."
				}
				c.report(key.Line, key.Column, c.field(), "schema.forbidden-yaml", what, "Put the name in quotes, or write the values out.")
			case dup:
				c.report(key.Line, key.Column, Join(c.field(), key.Value), "schema.duplicate-key",
					fmt.Sprintf("%s is given twice; the first is on line %d.", safetext.Code(key.Value), line), fmt.Sprintf("Remove it here, or on line %d.", line))
			default:
				seen[key.Value] = key.Line
			}
			c.below(value, step{name: key.Value, item: -1}, depth)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			c.below(item, step{item: i}, depth)
		}
	}
}

// step is one step from a node to one below it.
type step struct {
	name string
	item int // of a list; -1 where it is a name
}

// below looks at a node one step further down.
func (c *nodeCheck) below(n *yaml.Node, s step, depth int) {
	c.trail = append(c.trail, s)
	c.node(n, depth+1)
	c.trail = c.trail[:len(c.trail)-1]
}

// field is the path of the node being looked at. Most files have nothing to
// report, so it is put together only then.
func (c *nodeCheck) field() string {
	field := ""
	for _, s := range c.trail {
		if s.item >= 0 {
			field += "[" + strconv.Itoa(s.item) + "]"
		} else {
			field = Join(field, s.name)
		}
	}
	return field
}
