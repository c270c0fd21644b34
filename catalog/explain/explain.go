package explain

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/syntax"
)

// Problems returns problems of a document as somebody needs them who has the file open:
// with line and column, and with remedies that can be followed there. What a remedy
// says to write, and is not written yet, becomes what is to be added, in which line and
// how far indented; what stands at a wrong place gets the right one; and a text that
// nobody can read gets the line that is wrong, as it should be. That costs reading the
// file again, so it is done for what is shown.
func Problems(d *catalog.Document, problems []catalog.Problem) []catalog.Problem {
	if len(problems) == 0 {
		return problems
	}
	problems = slices.Clone(problems)
	f, root := file{d}, syntax.Decode(d.Source())
	for i := range problems {
		p := &problems[i]
		switch {
		case p.Path != f.Path:
			continue
		case p.Rule == "schema.syntax" || p.Rule == "schema.forbidden-yaml":
			f.mend(p)
		case root == nil:
		default:
			if p.Line == 0 {
				at := syntax.Locate(root, p.Field)
				p.Line, p.Column = at.Line, at.Column
			}
			p.Remedy = f.placed(root, *p)
			if p.Rule == "schema.required" && p.Field == "spec" {
				p.Remedy = headerMissing(problems, p.Remedy)
			}
		}
		if p.Line == 0 && len(f.Source()) > 0 {
			p.Line, p.Column = 1, 1
		}
	}
	return problems
}

// file is a document whose problems are explained.
type file struct{ *catalog.Document }

var (
	writeSpan = regexp.MustCompile("^Write `([A-Za-z][A-Za-z0-9]*): ([^`]+)`")
	moveSpan  = regexp.MustCompile("^Move it under `([^`]+)`")
)

// placed finishes the remedy of a problem for the file.
func (f file) placed(root *yaml.Node, p catalog.Problem) string {
	if m := writeSpan.FindStringSubmatch(p.Remedy); m != nil {
		if name := lastName(p.Field); name != m[1] || syntax.IsWritten(root, p.Field) {
			return p.Remedy
		}
		text, where := f.insertion(root, p.Field, m[2])
		if where == "" {
			return p.Remedy
		}
		return "Add " + safetext.FullCode(text) + p.Remedy[len(m[0]):] + where
	}
	if m := moveSpan.FindStringSubmatch(p.Remedy); m != nil {
		home := m[1]
		if home != "spec" && home != "metadata" && !strings.HasPrefix(home, "metadata.") {
			home = "spec." + home
		}
		name := lastName(p.Field)
		if syntax.IsWritten(root, syntax.Join(home, name)) {
			return fmt.Sprintf("Remove it: %s has it already.", safetext.Code(m[1]))
		}
		if text := f.inBraces(root, home, p.Field); text != "" {
			return text
		}
		if where := f.movedTo(root, home, name); where != "" {
			return "Move " + safetext.Code(name) + " to where it belongs." + where
		}
	}
	return p.Remedy
}

// headerMissing is the remedy for a lacking `spec` whose fields are there, in a group
// above.
func headerMissing(problems []catalog.Problem, otherwise string) string {
	first := 0
	for _, p := range problems {
		if p.Rule == "schema.unknown-field" && (strings.HasPrefix(p.Remedy, "Move it under `") || strings.HasPrefix(p.Remedy, "Move `")) && (first == 0 || p.Line < first) {
			first = p.Line
		}
	}
	if first < 2 {
		return otherwise
	}
	return "Add `spec:`." + ownLine(first-1, 0)
}

func lastName(field string) string { return field[strings.LastIndexAny(field, ".]")+1:] }

// insertion is what is to be added so that a field has a value, and where: the end of a
// sentence that says so. where is empty where nobody can tell.
func (f file) insertion(root *yaml.Node, field, value string) (text, where string) {
	at, rest := syntax.Walk(root, field)
	names := strings.Split(strings.TrimPrefix(rest, "."), ".")
	if at.Value.Kind != yaml.MappingNode || strings.ContainsAny(rest, "[]") {
		return "", ""
	}
	text = value
	for i := len(names) - 1; i >= 0; i-- {
		if text = names[i] + ": " + text; i > 0 {
			text = "{" + text + "}"
		}
	}
	return text, f.placeIn(at)
}

// placeIn says where in a group a new line goes.
func (f file) placeIn(group syntax.Found) string {
	n := group.Value
	if n.Style&yaml.FlowStyle != 0 {
		line, ok := f.closingLine(n)
		if !ok {
			return ""
		}
		if len(n.Content) == 0 {
			return fmt.Sprintf(" It goes in line %d, before the closing brace.", line)
		}
		return fmt.Sprintf(" It goes in line %d, before the closing brace, after a comma.", line)
	}
	if len(n.Content) == 0 {
		return ""
	}
	first, below := n.Content[0], group.Line
	if below == 0 || below >= first.Line { // the file itself, or an item of a list
		below = f.lastLine(first)
	}
	return ownLine(below, first.Column-1)
}

func ownLine(below, spaces int) string {
	switch spaces {
	case 0:
		return fmt.Sprintf(" It is a line of its own below line %d, at its very left.", below)
	case 1:
		return fmt.Sprintf(" It is a line of its own below line %d, with 1 space in front.", below)
	}
	return fmt.Sprintf(" It is a line of its own below line %d, with %d spaces in front.", below, spaces)
}

// movedTo is where an entry goes that belongs in the group at a path, which may not be
// written itself.
func (f file) movedTo(root *yaml.Node, home, name string) string {
	at, rest := syntax.Walk(root, home)
	switch {
	case rest == "" && at.Value.Kind == yaml.MappingNode:
		return f.placeIn(at)
	case rest == "" || at.Value.Kind != yaml.MappingNode || at.Value.Style&yaml.FlowStyle != 0 || strings.Contains(strings.TrimPrefix(rest, "."), ".") || len(at.Value.Content) == 0:
		return ""
	}
	first, below := at.Value.Content[0], at.Line
	if below == 0 || below >= first.Line {
		below = f.lastLine(first)
	}
	where := strings.TrimSuffix(ownLine(below, first.Column+1), ".")
	return fmt.Sprintf("%s, in a new group %s.", where, safetext.Code(strings.TrimPrefix(rest, ".")+":"))
}

// inBraces is the remedy for a word between braces that belongs in a group which is not
// there: the group is written in its place. Empty for anything else.
func (f file) inBraces(root *yaml.Node, home, field string) string {
	at, rest := syntax.Walk(root, home)
	inner, _ := syntax.Walk(root, field)
	rest = strings.TrimPrefix(rest, ".")
	if rest == "" || strings.Contains(rest, ".") || at.Value.Style&yaml.FlowStyle == 0 || inner.Value.Kind != yaml.ScalarNode || !strings.HasPrefix(field, strings.TrimSuffix(strings.TrimSuffix(home, rest), ".")) {
		return ""
	}
	pair := lastName(field) + ": " + inner.Value.Value
	return fmt.Sprintf("Write %s in place of %s.", safetext.FullCode(rest+": {"+pair+"}"), safetext.FullCode(pair))
}

// lastLine is the last line of an entry of a group in lines: what is indented further
// belongs to it.
func (f file) lastLine(key *yaml.Node) int {
	lines := bytes.Split(f.Source(), []byte("\n"))
	last := key.Line
	for n := key.Line; n < len(lines); n++ { // from the line after the name
		text := bytes.TrimLeft(lines[n], " ")
		indent := len(lines[n]) - len(text)
		switch {
		case len(bytes.TrimSpace(text)) == 0:
			continue
		case indent < key.Column-1, indent == key.Column-1 && !bytes.HasPrefix(text, []byte("- ")):
			return last
		}
		last = n + 1
	}
	return last
}

// closingLine is the line of the brace that closes a group.
func (f file) closingLine(n *yaml.Node) (line int, ok bool) {
	lines := strings.Split(string(f.Source()), "\n")
	depth, quote := 0, rune(0)
	for i := n.Line - 1; i < len(lines); i++ {
		text := lines[i]
		if i == n.Line-1 {
			text = string([]rune(text)[min(n.Column-1, utf8.RuneCountInString(text)):])
		}
		for _, r := range text {
			switch {
			case quote != 0:
				if r == quote {
					quote = 0
				}
			case r == '"' || r == '\'':
				quote = r
			case r == '{' || r == '[':
				depth++
			case r == '}' || r == ']':
				if depth--; depth == 0 {
					return i + 1, true
				}
			}
		}
	}
	return 0, false
}
