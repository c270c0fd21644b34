package catalog

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Explain returns problems of a document as somebody needs them who has the file open:
// with line and column, and with remedies that can be followed there. What a remedy
// says to write, and is not written yet, becomes what is to be added, in which line and
// how far indented; what stands at a wrong place gets the right one; and a text that
// nobody can read gets the line that is wrong, as it should be. That costs reading the
// file again, so it is done for what is shown.
func (d *Document) Explain(problems []Problem) []Problem {
	if len(problems) == 0 {
		return problems
	}
	problems = slices.Clone(problems)
	root, _, err := decodeYAML(d.src)
	if err != nil || root == nil {
		root = nil
	}
	for i := range problems {
		p := &problems[i]
		switch {
		case p.Path != d.Path:
			continue
		case p.Rule == "schema.syntax" || p.Rule == "schema.forbidden-yaml":
			d.mend(p)
		case root == nil:
		default:
			if p.Line == 0 {
				at := locate(root, p.Field)
				p.Line, p.Column = at.Line, at.Column
			}
			p.Remedy = d.placed(root, *p)
			if p.Rule == "schema.required" && p.Field == "spec" {
				p.Remedy = headerMissing(problems, p.Remedy)
			}
		}
		if p.Line == 0 && len(d.src) > 0 {
			p.Line, p.Column = 1, 1
		}
	}
	return problems
}

var (
	writeSpan = regexp.MustCompile("^Write `([A-Za-z][A-Za-z0-9]*): ([^`]+)`")
	moveSpan  = regexp.MustCompile("^Move it under `([^`]+)`")
)

// placed finishes the remedy of a problem for the file.
func (d *Document) placed(root *yaml.Node, p Problem) string {
	if m := writeSpan.FindStringSubmatch(p.Remedy); m != nil {
		if name := lastName(p.Field); name != m[1] || isWritten(root, p.Field) {
			return p.Remedy
		}
		text, where := d.insertion(root, p.Field, m[2])
		if where == "" {
			return p.Remedy
		}
		return "Add " + whole(text) + p.Remedy[len(m[0]):] + where
	}
	if m := moveSpan.FindStringSubmatch(p.Remedy); m != nil {
		home := m[1]
		if home != "spec" && home != "metadata" && !strings.HasPrefix(home, "metadata.") {
			home = "spec." + home
		}
		name := lastName(p.Field)
		if isWritten(root, join(home, name)) {
			return fmt.Sprintf("Remove it: %s has it already.", code(m[1]))
		}
		if text := d.inBraces(root, home, p.Field); text != "" {
			return text
		}
		if where := d.movedTo(root, home, name); where != "" {
			return "Move " + code(name) + " to where it belongs." + where
		}
	}
	return p.Remedy
}

// headerMissing is the remedy for a lacking `spec` whose fields are there, in a group
// above.
func headerMissing(problems []Problem, otherwise string) string {
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

// walk follows a path as far as it is written.
func walk(root *yaml.Node, field string) (at found, rest string) {
	at = found{value: root}
	for field != "" {
		step, after := nextStep(field)
		next := step(at.value)
		if next.value == nil {
			return at, field
		}
		at, field = next, after
	}
	return at, ""
}

func isWritten(root *yaml.Node, field string) bool {
	_, rest := walk(root, field)
	return rest == ""
}

// insertion is what is to be added so that a field has a value, and where: the end of a
// sentence that says so. where is empty where nobody can tell.
func (d *Document) insertion(root *yaml.Node, field, value string) (text, where string) {
	at, rest := walk(root, field)
	names := strings.Split(strings.TrimPrefix(rest, "."), ".")
	if at.value.Kind != yaml.MappingNode || strings.ContainsAny(rest, "[]") {
		return "", ""
	}
	text = value
	for i := len(names) - 1; i >= 0; i-- {
		if text = names[i] + ": " + text; i > 0 {
			text = "{" + text + "}"
		}
	}
	return text, d.placeIn(at)
}

// placeIn says where in a group a new line goes.
func (d *Document) placeIn(group found) string {
	n := group.value
	if n.Style&yaml.FlowStyle != 0 {
		line, ok := d.closingLine(n)
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
		below = d.lastLine(first)
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
func (d *Document) movedTo(root *yaml.Node, home, name string) string {
	at, rest := walk(root, home)
	switch {
	case rest == "" && at.value.Kind == yaml.MappingNode:
		return d.placeIn(at)
	case rest == "" || at.value.Kind != yaml.MappingNode || at.value.Style&yaml.FlowStyle != 0 || strings.Contains(strings.TrimPrefix(rest, "."), ".") || len(at.value.Content) == 0:
		return ""
	}
	first, below := at.value.Content[0], at.Line
	if below == 0 || below >= first.Line {
		below = d.lastLine(first)
	}
	where := strings.TrimSuffix(ownLine(below, first.Column+1), ".")
	return fmt.Sprintf("%s, in a new group %s.", where, code(strings.TrimPrefix(rest, ".")+":"))
}

// inBraces is the remedy for a word between braces that belongs in a group which is not
// there: the group is written in its place. Empty for anything else.
func (d *Document) inBraces(root *yaml.Node, home, field string) string {
	at, rest := walk(root, home)
	inner, _ := walk(root, field)
	rest = strings.TrimPrefix(rest, ".")
	if rest == "" || strings.Contains(rest, ".") || at.value.Style&yaml.FlowStyle == 0 || inner.value.Kind != yaml.ScalarNode || !strings.HasPrefix(field, strings.TrimSuffix(strings.TrimSuffix(home, rest), ".")) {
		return ""
	}
	pair := lastName(field) + ": " + inner.value.Value
	return fmt.Sprintf("Write %s in place of %s.", whole(rest+": {"+pair+"}"), whole(pair))
}

// lastLine is the last line of an entry of a group in lines: what is indented further
// belongs to it.
func (d *Document) lastLine(key *yaml.Node) int {
	lines := bytes.Split(d.src, []byte("\n"))
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
func (d *Document) closingLine(n *yaml.Node) (line int, ok bool) {
	lines := strings.Split(string(d.src), "\n")
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

// Word is what stands at a field as it was written; empty where nothing does, or more
// than a word.
func (d *Document) Word(field string) string {
	root, _, err := decodeYAML(d.src)
	if err != nil || root == nil {
		return ""
	}
	if at, rest := walk(root, field); rest == "" && at.value.Kind == yaml.ScalarNode {
		return at.value.Value
	}
	return ""
}

// Draft is as much of an app as could be read of a file that is not valid, for advice on
// it and for nothing else; nil where that is nothing.
func (d *Document) Draft() *App {
	app, _ := d.object.(*App)
	return app
}
