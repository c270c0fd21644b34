package notifier

import (
	"fmt"
	"strings"
	"unicode"
)

// Plain replaces characters that are invisible or change how others are shown (control
// characters, bidirectional marks, zero-width characters) by their code, such as \x1b.
// Line breaks and tabs stay.
func Plain(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		switch {
		case !hidden(c):
			b.WriteRune(c)
		case c > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, c)
		case c > 0xFF:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return b.String()
}

// hidden reports whether Plain replaces a character. The two zero-width joiners are not
// replaced: many scripts and emoji need them.
func hidden(c rune) bool {
	if c >= ' ' && c < 0x7f || c == '\u200c' || c == '\u200d' {
		return false
	}
	return c != '\n' && c != '\t' && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

// Line is a text on one line, with single spaces.
func Line(s string) string { return Plain(strings.Join(strings.Fields(s), " ")) }

// Fit shortens a text that is larger than a limit, and ends it with the tail. The size of
// a character depends on the channel and is given by size.
func Fit(s string, limit int, tail string, size func(rune) int) string {
	rest := limit
	for _, c := range tail {
		rest -= size(c)
	}
	all, end := 0, 0
	for i, c := range s {
		if all <= rest {
			end = i
		}
		if all += size(c); all > limit {
			return strings.TrimRightFunc(s[:end], unicode.IsSpace) + tail
		}
	}
	return s
}
