package syntax

import (
	"regexp"
	"strconv"
	"strings"
)

// explain turns the parser's complaint into a line and a sentence for people
// who do not know its terms.
func explain(err error) (line int, message string) {
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
