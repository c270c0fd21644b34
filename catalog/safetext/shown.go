package safetext

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Shown is a text made safe for a terminal, a log or a table: whatever could move the
// cursor, hide text or turn its direction is written by its number, as JSON writes
// it, so that JSON stays the same value. Tabs and line breaks are kept where lines is
// set; a path or a name has none to keep.
func Shown(text string, lines bool) string {
	shown := func(r rune) bool {
		switch {
		case r == '\n' || r == '\t':
			return lines
		case r == joiner || r == nonJoiner || '\U000E0020' <= r && r <= tagEnd:
			return true
		}
		return !Hidden(r)
	}
	if utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !shown(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case shown(r):
			b.WriteString(text[i : i+size])
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
		i += size
	}
	return b.String()
}

// Code puts a value of the file's author into a code span that it cannot leave.
func Code(value string) string {
	const most = 80
	if r := []rune(value); len(r) > most {
		value = string(r[:most]) + "…"
	}
	return FullCode(value)
}

// FullCode is code for what is to be written: all of it, however long.
func FullCode(value string) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case r != joiner && r != nonJoiner && Hidden(r):
			return utf8.RuneError // shown, so that the reader sees there is something
		}
		return r
	}, value)
	return "`" + value + "`"
}
