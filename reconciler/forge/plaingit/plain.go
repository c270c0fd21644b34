package plaingit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cut shortens a text to a number of bytes without splitting a character.
func cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

// plain is a text without anything that a message of Git cannot hold or a terminal
// would obey.
func plain(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
	return strings.TrimSpace(s)
}

// subject is the first line of a message, for people.
func subject(message, otherwise string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if line = cut(plain(line), maxTitle); line == "" {
		return otherwise
	}
	return line
}

// trailer is a key and its value, on a line.
func trailer(key, value string) string { return key + ": " + value + "\n" }

// withTrailers is a message that ends in trailers of ours. Trailers that the text
// ends in stay trailers, unless they could be taken for ours.
func withTrailers(text, otherwise string, trailers string) string {
	text = strings.TrimSpace(cut(plain(text), maxText/2))
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
