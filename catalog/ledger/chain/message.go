package chain

import (
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// message is the text of a commit: a sentence and trailers.
func message(r ledger.Record, e ledger.Entry) string {
	sentence := ledger.OneLine(e.Sentence, 200)
	if sentence == "" {
		sentence = "Record " + string(r.Kind) + " of " + r.Subject
	}
	var b strings.Builder
	b.WriteString(sentence + "\n\n")
	line := func(key, value string) {
		if value = ledger.OneLine(value, 500); value != "" {
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
