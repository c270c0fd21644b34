package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// told is a problem as a reader of `levee check` has it: where it is and what to do.
// Nothing else of it is known to who follows.
type told struct {
	Rule, Level, Message, Remedy, Path, Field string
	Line, Column                              int
	Waiver                                    *string
}

// follower does to files what remedies say, word by word, and understands nothing: it
// knows a few forms of request, and the place that the problem stands at.
type follower struct {
	files map[string]string // by path
	told
	lines []string // of the file at the place
	at    int      // index of the line of the place
}

// A form is a way to ask for something. The first that is in a remedy is done.
var forms = []struct {
	says *regexp.Regexp
	do   func(f *follower, is []string) bool
}{
	{regexp.MustCompile("^Rename the folder to `([^`]+)`(?:, and write `([^`]+)` under `metadata`)?"), (*follower).renameFolder},
	{regexp.MustCompile("^(?:Name it|Move it to|Rename the file to) `([^`]+)`"), (*follower).renameFile},
	{regexp.MustCompile("^Delete (?:the )?lines? ([0-9]+(?:(?: to |, | and )[0-9]+)*)"), (*follower).deleteLines},
	{regexp.MustCompile("^Begin the line with ([0-9]+) spaces?|^Begin the line with no (spaces?)"), (*follower).indent},
	{regexp.MustCompile("^Write `([^`]+)` in place of the lines ([0-9]+) to ([0-9]+)"), (*follower).exchangeLines},
	{regexp.MustCompile("^Write `([^`]+)` in place of `([^`]+)`"), (*follower).exchange},
	{regexp.MustCompile("^(?:Write line ([0-9]+) as|Write the line as) `([^`]+)`"), (*follower).rewrite},
	{regexp.MustCompile("^Move `([^`]+)` (.*)"), (*follower).move},
	{regexp.MustCompile("^Add `([^`]+)`(.*)"), (*follower).add},
	{regexp.MustCompile("^Add a line `([^`]+)`(.*)"), (*follower).add},
	{regexp.MustCompile("^Remove `([^`]+)`"), (*follower).remove},
	{regexp.MustCompile("^Remove it|^Remove the (?:line|entry)|^Take it out"), (*follower).remove},
	{regexp.MustCompile("Did you mean `([^`]+)`\\?"), (*follower).replace},
	{regexp.MustCompile("^Put it in quotes: `?(\"[^\"`]*\")"), (*follower).write},
	{regexp.MustCompile("^(?:Write|Write it as in|Write one of|Use|Use one of|Ask for|Set [a-z ]+ to|Choose one of|Name) `([^`]+)`"), (*follower).write},
}

// follow does what the remedy says, and reports whether it could.
func follow(files map[string]string, p told) bool {
	if _, ok := files[p.Path]; !ok {
		return false
	}
	f := &follower{files: files, told: p, lines: strings.Split(files[p.Path], "\n"), at: p.Line - 1}
	f.at = min(max(f.at, 0), len(f.lines)-1)
	for _, form := range forms {
		if is := form.says.FindStringSubmatch(p.Remedy); is != nil {
			if !form.do(f, is[1:]) {
				return false
			}
			if _, still := files[p.Path]; still {
				files[p.Path] = strings.Join(f.lines, "\n")
			}
			return true
		}
	}
	return false
}

// word is what stands at a column of a line: a name, a value, or one in quotes.
func word(line string, column int) (from, to int) {
	runes := []rune(line)
	from = min(max(column-1, 0), len(runes))
	to = from
	if from < len(runes) && (runes[from] == '"' || runes[from] == '\'') {
		for to = from + 1; to < len(runes) && runes[to] != runes[from]; to++ {
		}
		return from, min(to+1, len(runes))
	}
	open := strings.Count(string(runes[:from]), "{") + strings.Count(string(runes[:from]), "[") - strings.Count(string(runes[:from]), "}") - strings.Count(string(runes[:from]), "]")
	for ; to < len(runes); to++ {
		switch r := runes[to]; {
		case open > 0 && strings.ContainsRune(",]}", r),
			r == ':' && (to+1 == len(runes) || runes[to+1] == ' '),
			r == '#' && to > from && runes[to-1] == ' ':
			return from, trimmed(runes, from, to)
		case r == '[' || r == '{':
			if to == from { // a whole list or group
				return from, closing(runes, from)
			}
		}
	}
	return from, trimmed(runes, from, to)
}

func trimmed(runes []rune, from, to int) int {
	for to > from && runes[to-1] == ' ' {
		to--
	}
	return to
}

func closing(runes []rune, from int) int {
	depth := 0
	for i := from; i < len(runes); i++ {
		switch runes[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(runes)
}

func splice(line string, from, to int, with string) string {
	runes := []rune(line)
	return string(runes[:from]) + with + string(runes[to:])
}

// replace puts a word in the place of the one that the problem stands at.
func (f *follower) replace(is []string) bool {
	from, to := word(f.lines[f.at], f.Column)
	if from == to {
		return false
	}
	f.lines[f.at] = splice(f.lines[f.at], from, to, is[0])
	return true
}

// write puts a value where the problem stands: in the place of the value there, or
// behind the name there.
func (f *follower) write(is []string) bool {
	line := f.lines[f.at]
	from, to := word(line, f.Column)
	runes := []rune(line)
	if to >= len(runes) || runes[to] != ':' { // a value
		if from == to {
			return false
		}
		if name, value, pair := strings.Cut(is[0], ": "); pair && strings.HasSuffix(string(runes[:from]), name+": ") {
			is[0] = value // the name stands there already
		}
		f.lines[f.at] = splice(line, from, to, is[0])
		return true
	}
	name, _, pair := strings.Cut(is[0], ": ")
	if key := string(runes[from:to]); pair && name == strings.Trim(key, `"`) {
		is[0] = strings.TrimPrefix(is[0], name+": ")
	} else if last := f.Field[strings.LastIndexAny(f.Field, ".[")+1:]; pair || last != key {
		return false // that is about something which is not at this place
	}
	rest := string(runes[to+1:])
	if start := len([]rune(rest)) - len([]rune(strings.TrimLeft(rest, " "))); strings.TrimSpace(rest) != "" {
		vf, vt := word(line, to+2+start)
		f.lines[f.at] = splice(line, vf, vt, is[0])
		return true
	}
	f.lines[f.at] = string(runes[:to+1]) + " " + is[0]
	f.lines = slices.Delete(f.lines, f.at+1, f.end(f.at))
	return true
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// end is the index behind the line and all that is indented below it.
func (f *follower) end(at int) int {
	to := at + 1
	depth := indentOf(f.lines[at])
	if strings.HasPrefix(strings.TrimLeft(f.lines[at], " "), "- ") && f.Column > depth+2 {
		depth += 2 // a field of the item, on the line that begins it
	}
	for to < len(f.lines) && (indentOf(f.lines[to]) > depth || strings.TrimSpace(f.lines[to]) == "" && to < len(f.lines)-1) {
		to++
	}
	return to
}

// exchangeLines puts one line in the place of several.
func (f *follower) exchangeLines(is []string) bool {
	from, _ := strconv.Atoi(is[1])
	to, _ := strconv.Atoi(is[2])
	if from < 1 || to < from || to > len(f.lines) {
		return false
	}
	f.lines = slices.Replace(f.lines, from-1, to, is[0])
	return true
}

// exchange puts a text in the place of another on the line.
func (f *follower) exchange(is []string) bool {
	if !strings.Contains(f.lines[f.at], is[1]) {
		return false
	}
	f.lines[f.at] = strings.Replace(f.lines[f.at], is[1], is[0], 1)
	return true
}

// remove takes out what the problem stands at: a name and its value, or an item.
func (f *follower) remove([]string) bool {
	line := f.lines[f.at]
	runes := []rune(line)
	from, to := word(line, f.Column)
	before := strings.TrimSpace(string(runes[:from]))
	if strings.ContainsAny(before, "{[") { // between braces or brackets
		if to < len(runes) && runes[to] == ':' {
			_, to = word(line, to+3)
		} else if at := strings.LastIndexAny(string(runes[:from]), "{[,"); at >= 0 {
			from = len([]rune(string(runes[:from])[:at+1])) // with the name in front
		}
		text := string(runes[:from])
		rest := string(runes[to:])
		if strings.HasPrefix(strings.TrimSpace(rest), ",") {
			rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(rest), ","), " ")
		} else {
			text = strings.TrimRight(text, ", ")
		}
		f.lines[f.at] = text + rest
		return true
	}
	f.lines = slices.Delete(f.lines, f.at, f.end(f.at))
	return true
}

var (
	ownLine = regexp.MustCompile("a line of its own below line ([0-9]+), with ([0-9]+) spaces? in front")
	atEdge  = regexp.MustCompile("a line of its own below line ([0-9]+), at its very left")
	inLine  = regexp.MustCompile("in line ([0-9]+), before the closing (brace|bracket)(, after a comma)?")
)

// add writes a new line where the remedy says that it goes.
func (f *follower) add(is []string) bool {
	if m := ownLine.FindStringSubmatch(is[1]); m != nil {
		after, _ := strconv.Atoi(m[1])
		spaces, _ := strconv.Atoi(m[2])
		return f.insert(after, strings.Repeat(" ", spaces)+is[0])
	}
	if m := atEdge.FindStringSubmatch(is[1]); m != nil {
		after, _ := strconv.Atoi(m[1])
		return f.insert(after, is[0])
	}
	if m := inLine.FindStringSubmatch(is[1]); m != nil {
		n, _ := strconv.Atoi(m[1])
		if n < 1 || n > len(f.lines) {
			return false
		}
		return f.inBraces(n-1, is[0], m[2] == "brace", m[3] != "")
	}
	// Nothing says where: it goes to the place, as it is.
	line := f.lines[f.at]
	runes := []rune(line)
	if from, _ := word(line, f.Column); from < len(runes) && strings.Contains(string(runes[:from+1]), "{") {
		return f.inBraces(f.at, is[0], true, true)
	}
	return f.insert(f.at+1, strings.Repeat(" ", indentOf(line))+is[0])
}

func (f *follower) insert(after int, line string) bool {
	if after < 0 || after > len(f.lines) {
		return false
	}
	f.lines = slices.Insert(f.lines, after, line)
	return true
}

// inBraces writes into the braces that begin at or around the place.
func (f *follower) inBraces(n int, what string, brace, comma bool) bool {
	line := []rune(f.lines[n])
	open, from := '{', 0
	if !brace {
		open = '['
	}
	if n == f.at {
		from = min(max(f.Column-1, 0), len(line))
	}
	start := -1
	if i := strings.IndexRune(string(line[from:]), open); i >= 0 {
		start = from + len([]rune(string(line[from:])[:i]))
	}
	if i := strings.LastIndex(string(line[:from]), string(open)); i >= 0 && (start < 0 || from > 0 && line[from] != open && closing(line, len([]rune(string(line[:from])[:i]))) > from && !strings.Contains(string(line[from:start]), ":")) {
		start = len([]rune(string(line[:from])[:i]))
	}
	if start < 0 {
		return false
	}
	end := closing(line, start) - 1
	if comma {
		what = ", " + what
	}
	f.lines[n] = string(line[:end]) + what + string(line[end:])
	return true
}
