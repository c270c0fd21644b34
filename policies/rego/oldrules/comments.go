package oldrules

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// giveComments gives each comment of a module to the rule that it stands in, beside or above.
// What stands at no rule is about the file.
func (m *module) giveComments() {
	last := func(d *definition) int {
		return d.line + strings.Count(strings.TrimRight(string(d.rule.Location.Text), "\n"), "\n")
	}
	taken := map[*ast.Comment]bool{}
	for _, d := range m.rules {
		for _, c := range m.parsed.Comments {
			if row := c.Location.Row; row >= d.line && row <= last(d) && !taken[c] {
				taken[c] = true
				d.comments = append(d.comments, c)
			}
		}
	}
	for _, d := range m.rules {
		for above := d.line - 1; ; above-- {
			c := m.commentAt(above)
			if c == nil || taken[c] {
				break
			}
			taken[c] = true
			d.comments = append([]*ast.Comment{c}, d.comments...)
		}
	}
	inAnnotation := func(c *ast.Comment) bool {
		for _, a := range m.parsed.Annotations {
			if row := c.Location.Row; a.Location != nil && row >= a.Location.Row && row <= a.EndLoc().Row {
				return true
			}
		}
		return false
	}
	for _, c := range m.parsed.Comments {
		if !taken[c] && !inAnnotation(c) {
			m.remarks = append(m.remarks, c)
		}
	}
	for _, d := range m.rules {
		kept := d.comments[:0]
		for _, c := range d.comments {
			if !inAnnotation(c) {
				kept = append(kept, c)
			}
		}
		d.comments = kept
	}
}

func (m *module) commentAt(row int) *ast.Comment {
	for _, c := range m.parsed.Comments {
		if c.Location.Row == row {
			return c
		}
	}
	return nil
}

// said is what comments say, a line each.
func said(comments []*ast.Comment) string {
	var lines []string
	for _, c := range comments {
		lines = append(lines, "#"+string(c.Text))
	}
	return strings.Join(lines, "\n")
}
