package convert

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Comments stand on the nodes around what they are about: in front of a name or an item,
// behind a value, or below. Each is moved once.

// moveComments moves the comments of a field, and those of the groups around it that have
// no place yet, to its home.
func (c *conversion) moveComments(f field, key, value *yaml.Node) {
	head, line, foot := c.claim(f)
	for up := f.up; up != nil; up = up.up {
		h, l, b := c.claim(field{key: up.key, node: up.node})
		head, foot = join(h, l, head), join(foot, b)
	}
	key.HeadComment = join(key.HeadComment, head)
	value.LineComment = join(value.LineComment, line)
	key.FootComment = join(key.FootComment, foot)
	if strings.Contains(value.LineComment, "\n") || value.Kind != yaml.ScalarNode && value.LineComment != "" {
		key.HeadComment, value.LineComment = join(key.HeadComment, value.LineComment), ""
	}
}

// claim returns the comments of a field itself that nobody claimed before.
func (c *conversion) claim(f field) (head, line, foot string) {
	for _, n := range []*yaml.Node{f.key, f.node} {
		if n == nil || c.claimed[n] {
			continue
		}
		c.claimed[n] = true
		head, line, foot = join(head, n.HeadComment), join(line, n.LineComment), join(foot, n.FootComment)
	}
	return head, line, foot
}

// claimAll returns the comments of a field and of all in it that nobody claimed before.
func (c *conversion) claimAll(f field) string {
	head, line, foot := c.claim(f)
	text := join(head, line)
	for _, child := range f.children() {
		text = join(text, c.claimAll(child))
	}
	return join(text, foot)
}

// commentsAround gives the comments in front of a document and below it, and those that no
// value took along, a place: in front of what the document becomes, or in the report.
func (c *conversion) commentsAround(root field) {
	text := join(c.doc.HeadComment, c.claimAll(root), c.doc.LineComment, c.doc.FootComment)
	if text == "" {
		return
	}
	for _, d := range c.out.drafts {
		if d == c.app || c.app == nil && len(c.file.Becomes) > 0 && d.path == c.file.Becomes[0] {
			d.above = append(d.above, text)
			return
		}
	}
	if len(c.file.Left) > 0 {
		note := &c.file.Left[len(c.file.Left)-1]
		note.Comments = join(text, note.Comments)
	}
}

// join puts comments below one another.
func join(comments ...string) string {
	var lines []string
	for _, comment := range comments {
		for line := range strings.Lines(comment) {
			line = strings.TrimSpace(line)
			switch {
			case line == "":
			case strings.HasPrefix(line, "#"):
				lines = append(lines, line)
			default:
				lines = append(lines, "# "+line)
			}
		}
	}
	return strings.Join(lines, "\n")
}
