package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// Limits of one manifest. They are far above what people write and far below
// what could hurt; crossing one is a problem of that file alone.
const (
	MaxManifest = 64 << 10 // bytes
	maxDepth    = 16       // nested lists and objects
	maxNodes    = 10_000   // names and values
)

// Report is told of each problem found in a file: where it is, 0 for the whole file, and
// what a Problem says.
type Report func(line, column int, field, rule, message, remedy string)

// Parse turns a manifest into its one node tree, with everything refused
// that could make two readers see two things: anchors and aliases, merge keys,
// tags, several documents, names that are no plain text, names given twice. The
// root is a mapping, or nil when the text cannot be read at all. first is what a
// manifest begins with, for the remedy of a file that has no fields.
func Parse(src []byte, first string, report Report) *yaml.Node {
	fail := func(line, column int, message, remedy string) *yaml.Node {
		report(line, column, "", "schema.syntax", message, remedy)
		return nil
	}
	if !isText(src, report) {
		return nil
	}
	root, second, err := decode(src)
	if err != nil {
		reportUnread(src, err, report)
		return nil
	}
	if root == nil {
		return fail(1, 1, "The file is empty.", "Start from `levee schema` or copy another file of the same kind.")
	}
	if second {
		return fail(root.Line, root.Column, "The file holds several documents (a line `---` between them).", "Take out that line, or put what is below it into a file of its own.")
	}
	if root.Kind != yaml.MappingNode {
		return fail(root.Line, root.Column, "The file does not consist of `name: value` lines.", "Start with "+safetext.FullCode(first)+".")
	}
	check := nodeCheck{report: report}
	check.node(root, 1)
	return root
}

// maxDocuments is how many documents a file of another program may hold.
const maxDocuments = 64

// ParseAll is Parse for a file of another program, which may hold several documents: each
// as a document node, with the comments around it. Empty ones are left out. What Parse
// refuses is reported here too; then nothing of the file must be used.
func ParseAll(src []byte, report Report) []*yaml.Node {
	if !isText(src, report) {
		return nil
	}
	docs, err := decodeAll(src, maxDocuments+1)
	if err != nil {
		reportUnread(src, err, report)
		return nil
	}
	if len(docs) > maxDocuments {
		report(0, 0, "", "schema.limit", fmt.Sprintf("The file holds more than %d documents.", maxDocuments), "Spread them over several files.")
		return nil
	}
	check := nodeCheck{report: report}
	kept := docs[:0]
	for _, doc := range docs {
		if len(doc.Content) != 1 || doc.Content[0].Tag == "!!null" {
			continue
		}
		check.node(doc.Content[0], 1)
		kept = append(kept, doc)
	}
	return kept
}

// isText reports whether a file can be parsed at all: it is short enough, and text without
// tabs in front of lines. What it is not is reported.
func isText(src []byte, report Report) bool {
	fail := func(line, column int, message, remedy string) bool {
		report(line, column, "", "schema.syntax", message, remedy)
		return false
	}
	if len(src) > MaxManifest {
		report(0, 0, "", "schema.limit", fmt.Sprintf("The file is %d KiB long; the most is %d KiB.", len(src)>>10, MaxManifest>>10),
			"Move what is not part of the app's description to another file beside it.")
		return false
	}
	if !utf8.Valid(src) {
		line, column := invalidAt(src)
		return fail(line, column, "The file contains bytes that are not UTF-8 text.", "Save the file as plain text in UTF-8 (no UTF-16, no rich text).")
	}
	if line, column, ok := tabAt(src); ok {
		return fail(line, column, "This line starts with a tab; only spaces may be used here.", "Replace the tab by spaces.")
	}
	return true
}

// reportUnread says what the parser stumbled over.
func reportUnread(src []byte, err error, report Report) {
	line, message := explain(err)
	if blank, line, column := blankOf(src, line); blank != "" {
		report(line, column, "", "schema.syntax", "There is "+blank+" where a plain space or nothing must be.", "Delete everything before the text on this line and after its colon, and type the spaces again.")
		return
	}
	report(line, 1, "", "schema.syntax", message, "Compare the line, and the one before it, with an example: each line is `name: value`, indented by two spaces under what it belongs to.")
}

// Decode is the node tree of a file that need not be a valid one: of its first document,
// unchecked. It is nil where the text cannot be read, or holds nothing.
func Decode(src []byte) *yaml.Node {
	root, _, err := decode(src)
	if err != nil {
		return nil
	}
	return root
}

// decode reads the first document and whether there is a second.
func decode(src []byte) (root *yaml.Node, second bool, err error) {
	docs, err := decodeAll(src, 2)
	if err != nil || len(docs) == 0 || len(docs[0].Content) != 1 {
		return nil, false, err
	}
	return docs[0].Content[0], len(docs) == 2, nil
}

// decodeAll reads the documents of a file, so many at most. The parser panics on some
// malformed input; that is its way of saying no.
func decodeAll(src []byte, most int) (docs []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			docs, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	for len(docs) < most {
		var doc yaml.Node
		switch err := dec.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return docs, nil
		case err != nil:
			return nil, err
		}
		docs = append(docs, &doc)
	}
	return docs, nil
}

// blankOf finds what looks like a space and is none, in a text that cannot be read:
// where lines begin, or else around the line that the parser stopped at. The parser
// tells of neither.
func blankOf(src []byte, near int) (what string, line, column int) {
	for i, text := range bytes.Split(src, []byte("\n")) {
		start := bytes.TrimLeft(text, " \t-")
		if i == 0 {
			start = bytes.TrimPrefix(start, []byte(string(safetext.ByteOrderMark)))
		}
		if r, _ := utf8.DecodeRune(start); safetext.BlankName(r) != "" {
			return fmt.Sprintf("%s (%U)", safetext.BlankName(r), r), i + 1, utf8.RuneCount(text[:len(text)-len(start)]) + 1
		}
	}
	return safetext.FindBlank(src, near)
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
