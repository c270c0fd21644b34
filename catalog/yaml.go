package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Limits of one manifest. They are far above what people write and far below
// what could hurt; crossing one is a problem of that file alone.
const (
	MaxManifest = 64 << 10 // bytes
	maxDepth    = 16       // nested lists and objects
	maxNodes    = 10_000   // names and values
	maxText     = 4_096    // characters of one text, unless its field says less
	maxProblems = 50       // problems shown of one file
)

// parseYAML turns a manifest into its one node tree, with everything refused
// that could make two readers see two things: anchors and aliases, merge keys,
// tags, several documents, names that are no plain text, names given twice. The
// root is a mapping, or nil when the text cannot be read at all.
func parseYAML(src []byte, report func(line, column int, field, rule, message, remedy string)) *yaml.Node {
	fail := func(line, column int, message, remedy string) *yaml.Node {
		report(line, column, "", "schema.syntax", message, remedy)
		return nil
	}
	if len(src) > MaxManifest {
		report(0, 0, "", "schema.limit", fmt.Sprintf("The file is %d KiB long; the most is %d KiB.", len(src)>>10, MaxManifest>>10),
			"Move what is not part of the app's description to another file beside it.")
		return nil
	}
	if !utf8.Valid(src) {
		line, column := invalidAt(src)
		return fail(line, column, "The file contains bytes that are not UTF-8 text.", "Save the file as plain text in UTF-8 (no UTF-16, no rich text).")
	}
	if line, column, ok := tabAt(src); ok {
		return fail(line, column, "This line starts with a tab; only spaces may be used here.", "Replace the tab by spaces.")
	}
	root, second, err := decodeYAML(src)
	if err != nil {
		line, message := explainYAML(err)
		if blank, at := blankOf(src, line); blank != "" {
			return fail(at.Line, at.Column, "There is "+blank+" where a plain space or nothing must be.", "Delete everything before the text on this line and after its colon, and type the spaces again.")
		}
		return fail(line, 1, message, "Compare the line, and the one before it, with an example: each line is `name: value`, indented by two spaces under what it belongs to.")
	}
	if root == nil {
		return fail(1, 1, "The file is empty.", "Start from `levee schema` or copy another file of the same kind.")
	}
	if second {
		return fail(root.Line, root.Column, "The file holds several documents (a line `---` between them).", "Take out that line, or put what is below it into a file of its own.")
	}
	if root.Kind != yaml.MappingNode {
		return fail(root.Line, root.Column, "The file does not consist of `name: value` lines.", "Start with `apiVersion: "+APIVersion+"`.")
	}
	check := nodeCheck{report: report}
	check.node(root, 1)
	return root
}

// decodeYAML reads the first document and whether there is a second. The parser
// panics on some malformed input; that is its way of saying no.
func decodeYAML(src []byte) (root *yaml.Node, second bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	if len(doc.Content) != 1 {
		return nil, false, nil
	}
	var next yaml.Node
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], false, nil
	case err != nil:
		return nil, false, err
	}
	return doc.Content[0], true, nil
}

// nodeCheck walks the tree once for everything that is refused wherever it stands.
type nodeCheck struct {
	report func(line, column int, field, rule, message, remedy string)
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
				c.report(key.Line, key.Column, join(c.field(), key.Value), "schema.duplicate-key",
					fmt.Sprintf("%s is given twice; the first is on line %d.", code(key.Value), line), fmt.Sprintf("Remove it here, or on line %d.", line))
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
			field = join(field, s.name)
		}
	}
	return field
}

// join extends a field path by a name. A name that is no plain word stands in
// brackets and quotes, so that a path can be taken apart again.
func join(field, name string) string {
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

// explainYAML turns the parser's complaint into a line and a sentence for people
// who do not know its terms.
func explainYAML(err error) (line int, message string) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	for _, known := range yamlWords {
		if strings.Contains(text, known.says) {
			return max(line, 1), known.means
		}
	}
	return max(line, 1), "The text cannot be read here: " + text + "."
}

var yamlLine = regexp.MustCompile(`^line ([0-9]+): (.*)$`)

var yamlWords = []struct{ says, means string }{
	{"mapping values are not allowed", "There is a colon where none can be: a value that contains `: ` must stand in quotes, or the line is indented too far."},
	{"did not find expected key", "The line does not fit the ones around it: its indentation is off, or a quote is not closed."},
	{"could not find expected ':'", "Here, or in a line before, is a name without a colon and a space behind it."},
	{"found unexpected end of stream", "A quote or bracket is opened and not closed."},
	{"did not find expected ',' or", "A bracket is opened and not closed, or a comma is missing."},
	{"found character that cannot start any token", "A value cannot start with this character; put it in quotes."},
	{"did not find expected '-' indicator", "The items of a list must start in one column, each with a dash."},
	{"block sequence entries are not allowed", "A list cannot start here; put it on lines of its own below the name."},
	{"control characters are not allowed", "There is an invisible control character in the text."},
	{"unknown anchor", "A value cannot start with *; put it in quotes."},
}

// blankOf finds what looks like a space and is none, in a text that cannot be read:
// where lines begin, or else around the line that the parser stopped at. The parser
// tells of neither.
func blankOf(src []byte, line int) (what string, at Place) {
	for i, text := range bytes.Split(src, []byte("\n")) {
		start := bytes.TrimLeft(text, " \t-")
		if i == 0 {
			start = bytes.TrimPrefix(start, []byte(string(byteOrder)))
		}
		if r, _ := utf8.DecodeRune(start); oddBlank(r) != "" {
			return fmt.Sprintf("%s (%U)", oddBlank(r), r), Place{i + 1, utf8.RuneCount(text[:len(text)-len(start)]) + 1}
		}
	}
	return FindBlank(src, line)
}

func invalidAt(src []byte) (line, column int) {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			before := src[:i]
			return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		}
		i += size
	}
	return 1, 1
}

// tabAt finds the first line that is indented with a tab. The parser's own
// message for it names another line.
func tabAt(src []byte) (line, column int, found bool) {
	for i, text := range bytes.Split(src, []byte("\n")) {
		indent := len(text) - len(bytes.TrimLeft(text, " \t"))
		if tab := bytes.IndexByte(text[:indent], '\t'); tab >= 0 && len(bytes.TrimSpace(text)) > 0 {
			return i + 1, tab + 1, true
		}
	}
	return 0, 0, false
}

// code puts a value of the file's author into a code span that it cannot leave.
func code(value string) string {
	const most = 80
	if r := []rune(value); len(r) > most {
		value = string(r[:most]) + "…"
	}
	return whole(value)
}

// whole is code for what is to be written: all of it, however long.
func whole(value string) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case r != joiner && r != nonJoiner && hidden(r):
			return utf8.RuneError // shown, so that the reader sees there is something
		}
		return r
	}, value)
	return "`" + value + "`"
}
