package upgrade

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// manifest is the file of an app with another version of its blueprint, and a version of its own that is
// higher. All else stays as it was written, comments too.
func manifest(doc *catalog.Document, blueprint string) ([]byte, error) {
	lines := strings.SplitAfter(string(doc.Source()), "\n")
	spec := doc.App().Spec
	words := [][2]string{{string(spec.Blueprint), blueprint}, {string(spec.Version), raised(string(spec.Version))}}
	places := doc.Locate("spec.blueprint", "spec.version")
	if places[0].Line == places[1].Line && places[0].Column < places[1].Column {
		slices.Reverse(words) // what comes later in a line is changed first, so that nothing has moved
		slices.Reverse(places)
	}
	for i, at := range places {
		if at.Line > len(lines) || !replaceWord(&lines[at.Line-1], at.Column, words[i][0], words[i][1]) {
			return nil, exit.Usagef("%s:%d: `%s` does not stand there as a word of its own; write `%s` yourself, and run this again", doc.Path, at.Line, words[i][0], words[i][1])
		}
	}
	return []byte(strings.Join(lines, "")), nil
}

// replaceWord puts a word in the place of another that stands in a line at a column, from 1, plain or in quotes.
func replaceWord(line *string, column int, from, to string) bool {
	runes := []rune(*line)
	if column < 1 || column > len(runes) {
		return false
	}
	before, rest := string(runes[:column-1]), string(runes[column-1:])
	for _, quote := range []string{"", `"`, `'`} {
		after, ok := strings.CutPrefix(rest, quote+from+quote)
		if ok && (after == "" || strings.ContainsRune(" \t\r\n,}", rune(after[0]))) {
			*line = before + quote + to + quote + after
			return true
		}
	}
	return false
}

// raised is the next minor version: the app does something else than before, and nothing of it is given up.
func raised(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) != 3 {
		return version
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return version
	}
	return fmt.Sprintf("%s.%d.0", parts[0], minor+1)
}
