package secretscan

import "strings"

const (
	longLine = 4 << 10  // of a line, so much around a word is looked at
	longText = 16 << 10 // of what goes on over lines, so much after a word
)

// span is a part of a text.
type span struct{ from, to int }

// around is the part of a text in which a pattern can match that has a word at a place: whole
// lines, where they are not very long.
func (r reach) around(text string, from, to int) span {
	from, to = max(0, from-r.bytes), min(len(text), to+r.bytes)
	if r.lines {
		to = min(len(text), to+longText)
	}
	floor := max(0, from-longLine)
	if i := strings.LastIndexByte(text[floor:from], '\n'); i >= 0 {
		floor += i + 1
	}
	return span{floor, endOfLine(text, to)}
}

// endOfLine is where the line ends that a place is in, or where no more of it is looked at.
// Patterns may take the end of a line with them.
func endOfLine(text string, at int) int {
	ceiling := min(len(text), at+longLine)
	if i := strings.IndexByte(text[at:ceiling], '\n'); i >= 0 {
		return at + i + 1
	}
	return ceiling
}

// widen adds a part to parts in the order of their beginnings: it becomes one with the last
// where they touch.
func widen(spans []span, s span) []span {
	if n := len(spans); n > 0 && s.from <= spans[n-1].to {
		spans[n-1].from, spans[n-1].to = min(spans[n-1].from, s.from), max(spans[n-1].to, s.to)
		return spans
	}
	return append(spans, s)
}
