package safetext

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// BlankName names a character that looks like a space, or like nothing, and is none
// to a parser; empty for others.
func BlankName(r rune) string {
	switch r {
	case ' ':
		return ""
	case '\u00a0', '\u202f':
		return "a no-break space"
	case ByteOrderMark:
		return "a byte order mark"
	case '\u200b', '\u2060':
		return "a zero-width space"
	case '\u0085', '\u2028', '\u2029':
		return "a line break of another kind"
	}
	if unicode.Is(unicode.Zs, r) {
		return "a space other than the plain one"
	}
	return ""
}

// FindBlank finds the first character of a text that looks like a space or like
// nothing and is neither to a parser: on the lines around one, or anywhere for line
// 0. A mark at the very start counts only where the parser of the text trips over
// it. what is empty where there is none.
func FindBlank(src []byte, near int) (what string, line, column int) {
	for i, text := range bytes.Split(src, []byte("\n")) {
		if near > 0 && (i+1 < near-1 || i+1 > near+1) {
			continue
		}
		column := 0
		for j := 0; j < len(text); {
			r, size := utf8.DecodeRune(text[j:])
			column++
			if name := BlankName(r); name != "" && (i > 0 || j > 0 || r != ByteOrderMark) {
				return fmt.Sprintf("%s (%U)", name, r), i + 1, column
			}
			j += size
		}
	}
	return "", 0, 0
}

// Aside says in brackets that a value holds what cannot be seen in it; empty where
// it holds no such thing.
func Aside(value string) string {
	for _, r := range value {
		if name := BlankName(r); name != "" {
			return fmt.Sprintf(" (there is %s, %U, in it)", name, r)
		}
		if Hidden(r) {
			return fmt.Sprintf(" (there is an invisible character, %U, in it)", r)
		}
	}
	return ""
}
