package plaingit

import (
	"strings"
	"unicode"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// subject is the first line of a message, for people.
func subject(message, otherwise string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if line = forge.Cut(forge.Plain(line), maxTitle); line == "" {
		return otherwise
	}
	return line
}

// trailer is a key and its value, on a line.
func trailer(key, value string) string { return key + ": " + value + "\n" }

// withTrailers is a message that ends in trailers of ours. Trailers that the text
// ends in stay trailers, unless they could be taken for ours.
func withTrailers(text, otherwise string, trailers string) string {
	text = strings.TrimSpace(forge.Cut(forge.Plain(text), maxText/2))
	if text == "" {
		text = otherwise
	}
	gap := "\n\n"
	if i := strings.LastIndex(text, "\n\n"); i >= 0 && foreignTrailers(text[i+2:], trailers) {
		gap = "\n"
	}
	return text + gap + trailers
}

// foreignTrailers reports whether a paragraph has nothing but trailers, none of
// them with a key of ours.
func foreignTrailers(paragraph, ours string) bool {
	for line := range strings.SplitSeq(paragraph, "\n") {
		key, value, ok := strings.Cut(line, ": ")
		if !ok || strings.TrimSpace(value) == "" || strings.ContainsFunc(key, func(c rune) bool {
			return c != '-' && (c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c))
		}) || key == "" {
			return false
		}
		for own := range strings.Lines(ours) {
			if name, _, _ := strings.Cut(own, ":"); strings.EqualFold(name, key) {
				return false
			}
		}
	}
	return true
}
