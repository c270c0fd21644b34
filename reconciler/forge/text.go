package forge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cut shortens a text to a number of bytes without splitting a character.
func Cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}

// Plain is a text without anything that a message of Git cannot hold or a terminal would
// obey: control characters are left out, except for line breaks and tabs, and so are blanks
// at its ends.
func Plain(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, s))
}
