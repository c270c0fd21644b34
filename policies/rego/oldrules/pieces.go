package oldrules

import "strings"

// maxNesting is how deep brackets of a file may stand in one another. People write a few
// levels; the parser takes many more, at the cost of a level of its stack each.
const maxNesting = 64

// piece is the text of one statement of a file.
type piece struct {
	text     string
	line     int    // its first
	comments string // that stand above it
}

// name is what a statement defines, as far as one can see.
func (p piece) name() string {
	fields := strings.FieldsFunc(p.text, func(r rune) bool { return strings.ContainsRune(" \t\n[({=:", r) })
	if len(fields) > 1 && fields[0] == "default" {
		return fields[1]
	}
	if len(fields) > 0 {
		return fields[0]
	}
	return "rule"
}

// pieces cuts a file into its statements: one ends with the line in which all of its brackets
// are closed. Brackets in strings and comments do not count.
func pieces(src string) []piece {
	var all []piece
	var open piece
	s := scanner{}
	for i, line := range strings.Split(src, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case open.text == "" && trimmed == "":
			open.comments = ""
			continue
		case open.text == "" && strings.HasPrefix(trimmed, "#"):
			open.comments += line + "\n"
			continue
		case open.text == "":
			open.line = i + 1
		}
		open.text += line + "\n"
		s.line(line)
		if s.depth <= 0 && !s.raw {
			all, open, s = append(all, open), piece{}, scanner{}
		}
	}
	if open.text != "" {
		all = append(all, open)
	}
	return all
}

// scanner counts the brackets that are open.
type scanner struct {
	depth, deepest int
	raw            bool // within a string of several lines
}

func (s *scanner) line(line string) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case s.raw:
			s.raw = c != '`'
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '`':
			s.raw = true
		case c == '#':
			return
		case c == '{' || c == '[' || c == '(':
			s.depth++
			s.deepest = max(s.deepest, s.depth)
		case c == '}' || c == ']' || c == ')':
			s.depth--
		}
	}
}

// nestsWithin reports whether no bracket of a file stands in more others than that.
func nestsWithin(src string, most int) bool {
	s := scanner{}
	for line := range strings.SplitSeq(src, "\n") {
		if s.line(line); s.deepest > most {
			return false
		}
	}
	return true
}
