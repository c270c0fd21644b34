package secretscan

import "strings"

// assignment is how rules write that something follows a name as its value. Most of them have
// it, and ask for a name that is nowhere in most files, or everywhere ("key").
const assignment = `(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)`

// isAssigned reports whether a pattern has an assignment behind a word.
func isAssigned(pattern, word string) bool {
	name, _, ok := strings.Cut(pattern, assignment)
	return ok && strings.Contains(strings.ToLower(name), word)
}

const (
	longestName   = 64 // of what may stand around a word, on its side of the sign
	longestGap    = 12 // between that sign and the value, signs of two characters included
	shortestValue = 8
)

// assigned is the part of a text in which something that may be a value is assigned behind a
// word that ends at a place; ok is false where it is not so. Patterns with an assignment
// match nothing at such a word, and asking this is much less than asking them.
func assigned(text string, end int) (s span, ok bool) {
	s.from = end
	for s.from > 0 && end-s.from < 2*longestName && (inName(text[s.from-1]) && !isBlank(text[s.from-1])) {
		s.from--
	}
	name := text[end:min(len(text), end+longestName)]
	for i := range len(name) {
		switch c := name[i]; {
		case strings.IndexByte("=>:|?,", c) >= 0:
			if value := valueAfter(text, end+i+1); value > 0 {
				s.to, ok = endOfLine(text, value), true
			}
		case !inName(c):
			return s, ok
		}
	}
	return s, ok
}

// inName reports whether a byte may stand between a word and the sign of assignment.
func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(" \t\r\n\f\v_.-'\"", c) >= 0
}

func isBlank(c byte) bool { return strings.IndexByte(" \t\r\n\f\v", c) >= 0 }

// valueAfter is where behind quotes, blanks and signs a run begins that is long enough; 0 for
// nowhere.
func valueAfter(text string, at int) int {
	gap := text[at:min(len(text), at+longestGap)]
	at += len(gap) - len(strings.TrimLeft(gap, "`'\" \t\r\n\f\v=>:|"))
	if len(text)-at < shortestValue || strings.ContainsAny(text[at:at+shortestValue], " \t\r\n\f\v'\"`,;[]{}()<>") {
		return 0
	}
	return at
}
