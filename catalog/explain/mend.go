package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/schema"
)

// Limits of looking for the line that keeps a text from being read: each attempt is a
// parse of the file.
const (
	mostMended   = 16 << 10  // bytes of a file
	mostParsed   = 256 << 10 // bytes of all attempts together
	mostAttempts = 120
)

// mend finds the one line that keeps a file from being read, and says how it should be
// written. It tries what people get wrong, a line at a time, and takes what says most
// of what a file of its kind can say; where nothing helps, the problem stays as it was.
func (f file) mend(p *catalog.Problem) {
	lines := strings.Split(string(f.Source()), "\n")
	if said := conflict(lines); said != nil {
		p.Line, p.Column, p.Message, p.Remedy = said.Line, 1, said.Message, said.Remedy
		return
	}
	if len(f.Source()) == 0 || len(f.Source()) > mostMended {
		return
	}
	best, further, attempts := attempt{}, attempt{read: read{reach: p.Line}}, 0
	if p.Rule != "schema.syntax" { // it can be read, but not as it was meant
		best.read = f.try(lines)
	}
	for _, n := range near(lines, p.Line) {
		for _, a := range attemptsAt(lines, n) {
			if attempts++; attempts > min(mostAttempts, mostParsed/len(f.Source())) {
				break
			}
			switch a.read = f.try(a.lines); {
			case a.ok && (!best.ok || a.better(best.read)):
				best = a
			case !a.ok && n == p.Line-1 && a.reach > further.reach: // one of several lines
				further = a
			}
		}
	}
	if !best.ok {
		best = further
	}
	if best.line == 0 {
		return
	}
	p.Line, p.Column, p.Message, p.Remedy = best.line, 1, best.message, best.remedy
}

// read is what comes of reading a text.
type read struct {
	ok              bool // it can be read
	reach           int  // the line up to which it can, where it cannot
	known, problems int  // fields that there are, and what is wrong
}

// better reports whether a text says more of what there is to say than another, or the
// same with less that is wrong.
func (r read) better(than read) bool {
	if r.known != than.known {
		return r.known > than.known
	}
	return r.problems < than.problems
}

func (f file) try(lines []string) read {
	tried := catalog.Parse(f.Path, "", []byte(strings.Join(lines, "\n")))
	for _, p := range tried.Problems {
		if p.Rule == "schema.syntax" || p.Rule == "schema.duplicate-key" && !strings.Contains(p.Field, ".") {
			return read{reach: p.Line}
		}
	}
	return read{ok: true, known: tried.Known(), problems: len(tried.Problems)}
}

// near are the lines to look at, the likeliest first: the one that the parser stopped
// at, those before it, one after it, and those that open a quote or bracket.
func near(lines []string, at int) []int {
	order := []int{at - 1, at - 2, at - 3, at}
	for i, l := range lines {
		if suspicious(l) {
			order = append(order, i)
		}
	}
	for i, l := range lines { // where the indentation is none that the lines around have
		indent := indentation(l)
		if i > 0 && strings.TrimSpace(l) != "" && (indent%2 == 1 || indent > indentation(lines[i-1])+4) {
			order = append(order, i)
		}
	}
	var kept []int
	for _, n := range order {
		if n >= 0 && n < len(lines) && strings.TrimSpace(lines[n]) != "" && !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

// suspicious reports whether quotes, brackets or braces of a line do not come in pairs,
// or a tab or another blank is in front.
func suspicious(l string) bool {
	return strings.Count(l, `"`)%2 == 1 || strings.Count(l, "'")%2 == 1 && strings.Contains(l, " '") ||
		strings.Count(l, "[") != strings.Count(l, "]") || strings.Count(l, "{") != strings.Count(l, "}") ||
		strings.HasPrefix(l, "```") || strings.HasPrefix(l, "---") ||
		strings.ContainsAny(l[:len(l)-len(strings.TrimLeft(l, " \t\u00a0"))], "\t\u00a0")
}

func indentation(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }

// attempt is one line written otherwise.
type attempt struct {
	lines           []string
	line            int
	message, remedy string
	read
}

var (
	pairExpr   = regexp.MustCompile(`^(\s*(?:- )?)([A-Za-z][A-Za-z0-9_.-]*)(\s*)(:|=)(\s*)(.*)$`)
	noColon    = regexp.MustCompile(`^(\s*(?:- )?)([A-Za-z][A-Za-z0-9]*)\s+(.+)$`)
	textColon  = regexp.MustCompile(`([{,]\s*[A-Za-z][A-Za-z0-9]*):([^\s,}])`)
	noComma    = regexp.MustCompile(`([^\s,{\[])\s+([A-Za-z][A-Za-z0-9]*: )`)
	aloneExpr  = regexp.MustCompile(`^\s*(?:- )?[A-Za-z][A-Za-z0-9]*\s*$`)
	thousands  = regexp.MustCompile(`([0-9]),([0-9]{3})\b`)
	bullet     = regexp.MustCompile(`^(\s*)[*•-]\s+`)
	plainText  = regexp.MustCompile(`^\s*[A-Za-z][^:#]*$`)
	otherDash  = regexp.MustCompile(`^(\s*)[–—−•*]\s`)
	otherNotes = regexp.MustCompile(`^(\s*)(?://|;|-- )\s?`)
)

// attemptsAt are the ways to write a line that may have been meant, the most usual
// first. What they say is for the person who wrote it.
func attemptsAt(lines []string, n int) []attempt {
	text := lines[n]
	bare := strings.TrimLeft(text, " \t\u00a0\u202f")
	var list []attempt
	change := func(message, remedy string, with ...string) {
		next := slices.Concat(lines[:n], with, lines[n+1:])
		list = append(list, attempt{lines: next, line: n + 1, message: message, remedy: remedy})
	}
	rewrite := func(message, with string) {
		if with != text {
			change(message, fmt.Sprintf("Write the line as %s.", safetext.FullCode(strings.TrimLeft(with, " "))), with)
		}
	}
	if what, _, _ := safetext.FindBlank([]byte(text), 0); what != "" {
		if fixed := plainBlanks(text); strings.TrimLeft(fixed, " ") != bare {
			change(fmt.Sprintf("There is %s where a plain space or nothing must be.", what), fmt.Sprintf("Write the line as %s.", safetext.FullCode(fixed)), fixed)
		}
	}
	open := text[:len(text)-len(bare)]
	tabs := strings.ContainsRune(open, '\t')
	odd := strings.Trim(open, " \t") != ""
	if m := pairExpr.FindStringSubmatch(text); m != nil && !tabs && !odd {
		value, note := cutNote(m[6])
		switch {
		case m[4] == "=":
			rewrite("There is an equals sign where a colon must be.", m[1]+m[2]+": "+m[6])
		case m[5] == "" && value != "":
			rewrite("There is no space behind the colon.", m[1]+m[2]+": "+m[6])
		}
		if value != "" && m[4] == ":" {
			for _, mark := range []string{`"`, `'`} {
				if strings.HasPrefix(value, mark) && strings.Count(value, mark)%2 == 1 {
					rewrite("A quote is opened and not closed.", m[1]+m[2]+": "+value+mark+note)
				}
			}
			rewrite("This text has a sign in it that means something else outside of quotes.", m[1]+m[2]+": "+allQuoted(value)+note)
		}
	}
	if aloneExpr.MatchString(text) && n+1 < len(lines) && indentation(lines[n+1]) > indentation(text) {
		rewrite("There is no colon behind the name.", strings.TrimRight(text, " ")+":")
	}
	if n > 0 && indentation(text) > 0 && indentation(lines[n-1]) == 0 && strings.TrimSpace(lines[n-1]) != "" {
		change("This line belongs to a group, and the line that begins the group is missing.", "Add `spec:`."+ownLine(n, 0), "spec:", text)
	}
	for _, fixed := range quotesClosed(text) {
		rewrite("A quote is opened and not closed, or closed and not opened.", fixed)
	}
	if fixed := thousands.ReplaceAllString(text, "$1$2"); fixed != text {
		rewrite("A number is written without commas.", fixed)
	}
	if fixed := strings.TrimRight(text, " ,;"); fixed != text && strings.ContainsAny(text, ",;") {
		rewrite("Nothing is needed at the end of a line.", fixed)
	}
	if m := noColon.FindStringSubmatch(text); m != nil && !strings.Contains(m[2], ":") && !tabs && !odd {
		rewrite("There is no colon behind the name.", m[1]+m[2]+": "+m[3])
	}
	if fixed := textColon.ReplaceAllString(text, "$1: $2"); fixed != text {
		rewrite("There is no space behind a colon.", fixed)
	}
	if fixed := noComma.ReplaceAllString(text, "$1, $2"); fixed != text && strings.Contains(text, "{") {
		rewrite("There is no comma between two entries.", fixed)
	}
	for _, pair := range []string{"[]", "{}"} {
		if strings.Count(text, pair[:1]) > strings.Count(text, pair[1:]) {
			rewrite("A bracket or brace is opened and not closed.", strings.TrimRight(text, " ")+pair[1:])
			if i := strings.LastIndexAny(text, "}]"); i >= 0 {
				rewrite("A bracket or brace is opened and not closed.", text[:i]+pair[1:]+text[i:])
			}
		}
	}
	if otherDash.MatchString(text) {
		rewrite("An item of a list begins with another dash than the plain one.", otherDash.ReplaceAllString(text, "$1- "))
	}
	if bullet.MatchString(text) {
		rewrite("A field begins without a bullet.", bullet.ReplaceAllString(text, "$1"))
	}
	if otherNotes.MatchString(text) {
		rewrite("A remark begins with # here.", otherNotes.ReplaceAllString(text, "$1# "))
	}
	for _, spaces := range indents(lines, n) {
		message, front := fmt.Sprintf("The line is indented by %d spaces, which fits none of the lines around it.", indentation(text)), fmt.Sprintf("%d spaces", spaces)
		switch {
		case tabs:
			message = "This line starts with a tab; only spaces may be used here."
		case odd:
			what, _, _ := safetext.FindBlank([]byte(text), 0)
			message = fmt.Sprintf("This line starts with %s; only plain spaces may be used here.", what)
		}
		switch spaces {
		case 0:
			front = "no spaces"
		case 1:
			front = "1 space"
		}
		if with := strings.Repeat(" ", spaces) + bare; with != text {
			change(message, fmt.Sprintf("Begin the line with %s.", front), with)
		}
	}
	if !strings.Contains(text, ": ") || strings.HasPrefix(text, "---") {
		change("This line is no part of the description of anything.", fmt.Sprintf("Delete line %d.", n+1))
	}
	if plainText.MatchString(text) {
		rewrite("A remark begins with # here.", open+"# "+bare)
	}
	return list
}

// quotesClosed are the ways to give a quote that stands alone its other one: before what
// ends a value between braces, or at the start of a value.
func quotesClosed(text string) []string {
	if strings.Count(text, `"`)%2 == 0 {
		return nil
	}
	var list []string
	for i, r := range text {
		switch {
		case r == '}' || r == ']' || r == ',':
			list = append(list, text[:i]+`"`+text[i:])
		case i > 0 && r != '"' && strings.HasSuffix(text[:i], ": "):
			list = append(list, text[:i]+`"`+text[i:])
		}
	}
	return list
}

// plainBlanks puts plain spaces in the place of others, and nothing in the place of those
// that have no width.
func plainBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b' || r == '\u2060' || r == safetext.ByteOrderMark:
			return -1
		case safetext.BlankName(r) != "":
			return ' '
		}
		return r
	}, text)
}

// allQuoted puts a value in quotes that may have some of its own.
func allQuoted(value string) string {
	bare := strings.Trim(value, `"'`)
	if strings.Contains(bare, `"`) && !strings.Contains(value, "'") {
		return "'" + value + "'"
	}
	return schema.Quoted(bare)
}

// cutNote takes a remark off the end of a value.
func cutNote(value string) (text, note string) {
	if i := strings.Index(value, " #"); i >= 0 && strings.Count(value[:i], `"`)%2 == 0 {
		return strings.TrimRight(value[:i], " "), " " + strings.TrimLeft(value[i:], " ")
	}
	return strings.TrimRight(value, " "), ""
}

// indents are those that a line could have: those of the lines around it, and one step
// below the one before.
func indents(lines []string, n int) []int {
	var list []int
	add := func(spaces int) {
		if spaces >= 0 && !slices.Contains(list, spaces) {
			list = append(list, spaces)
		}
	}
	own := indentation(lines[n])
	seen := 0
	for i := n - 1; i >= 0 && seen < 3; i-- {
		if strings.TrimSpace(lines[i]) != "" && !strings.ContainsRune(lines[i][:len(lines[i])-len(strings.TrimLeft(lines[i], " \t"))], '\t') {
			if seen++; seen == 1 && strings.HasSuffix(strings.TrimSpace(lines[i]), ":") {
				add(indentation(lines[i]) + 2)
			}
			add(indentation(lines[i]))
			if strings.HasPrefix(strings.TrimSpace(lines[i]), "- ") {
				add(indentation(lines[i]) + 2)
			}
		}
	}
	for i := n + 1; i < len(lines) && i < n+3; i++ {
		if strings.TrimSpace(lines[i]) != "" {
			add(indentation(lines[i]))
		}
	}
	for _, spaces := range []int{0, 2, 4, 6, 8} {
		if spaces-own <= 4 && own-spaces <= 4 {
			add(spaces)
		}
	}
	return list
}

// conflict finds what Git leaves of two versions that it could not put together; nil
// where there is none.
func conflict(lines []string) *catalog.Problem {
	type part struct{ from, middle, to int }
	var parts []part
	at := part{}
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "<<<<<<< "):
			at = part{from: i + 1}
		case (l == "=======" || strings.HasPrefix(l, "||||||| ")) && at.from > 0 && at.middle == 0:
			at.middle = i + 1
		case strings.HasPrefix(l, ">>>>>>> ") && at.middle > 0:
			at.to = i + 1
			parts = append(parts, at)
			at = part{}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	var first, second []string
	for _, p := range parts {
		first = append(first, fmt.Sprint(p.from), fmt.Sprintf("%d to %d", p.middle, p.to))
		second = append(second, fmt.Sprintf("%d to %d", p.from, p.middle), fmt.Sprint(p.to))
	}
	return &catalog.Problem{
		Line:    parts[0].from,
		Message: fmt.Sprintf("Two versions of the lines %d to %d stand here one after the other: Git could not put them together.", parts[0].from, parts[0].to),
		Remedy:  fmt.Sprintf("Delete the lines %s to keep the first version, or the lines %s to keep the second.", enumerate(first), enumerate(second)),
	}
}

func enumerate(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
