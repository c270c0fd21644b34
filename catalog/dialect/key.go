package dialect

import (
	"strings"
	"unicode"
)

// hyphens are what web pages put in place of the hyphen. A dash is another character, which
// prose may mean.
var hyphens = strings.NewReplacer("\u2010", "-", "\u2011", "-")

// Plain is a word with plain hyphens and without blanks around it.
func Plain(text string) string { return strings.TrimSpace(hyphens.Replace(text)) }

// Key is a name as the dialects spell it: small letters, with underscores between words,
// however it was written: ttl-days, ttlDays and TTL_Days are ttl_days.
func Key(name string) string {
	var b strings.Builder
	before := rune('_')
	for _, r := range Plain(name) {
		switch {
		case r == '-' || r == ' ' || r == '_':
			r = '_'
		case unicode.IsUpper(r):
			if unicode.IsLower(before) || unicode.IsDigit(before) {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
		before = r
	}
	return b.String()
}
