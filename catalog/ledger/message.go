package ledger

import (
	"strconv"
	"strings"
	"unicode"
)

// message is the text of a commit: a sentence and trailers.
func message(r Record, e Entry) string {
	sentence := oneLine(e.Sentence, 200)
	if sentence == "" {
		sentence = "Record " + string(r.Kind) + " of " + r.Subject
	}
	var b strings.Builder
	b.WriteString(sentence + "\n\n")
	line := func(key, value string) {
		if value = oneLine(value, 500); value != "" {
			b.WriteString(key + ": " + value + "\n")
		}
	}
	line("Seq", strconv.FormatInt(r.Seq, 10))
	line("Kind", string(r.Kind))
	line("App", r.Subject)
	for _, t := range e.Trailers {
		if key := trailerKey(t.Key); key != "Seq" && key != "Kind" && key != "App" && key != "" {
			line(key, t.Value)
		}
	}
	return b.String()
}

// trailerKey keeps what a key of a trailer may have.
func trailerKey(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' {
			return c
		}
		return -1
	}, s)
}

// oneLine makes text fit for one line of a message: what breaks lines, hides or
// reorders text becomes a space.
func oneLine(s string, most int) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) || c == unicode.ReplacementChar {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > most {
		cut := most - len("…")
		for cut > 0 && s[cut]&0xc0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}
