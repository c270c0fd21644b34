package secretscan

import (
	"regexp"
	"slices"
	"strings"
)

// assignment is how rules write that something follows a name as its value. Most of them have
// it, and ask for a name that is nowhere in most files, or everywhere ("key").
const assignment = `(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)`

// ending is what a pattern matches from the sign of assignment on, if it has one and nothing
// else encloses it; upper and lower case are one to it, so it matches at least what the pattern
// does. Whole patterns begin with names of many forms and are slow to match; their endings are not.
func ending(pattern string) *regexp.Regexp {
	_, value, ok := strings.Cut(pattern, assignment)
	if !ok {
		return nil
	}
	re, err := regexp.Compile(`^(?i)` + assignment + value)
	if err != nil {
		return nil // it ends a group that began before
	}
	return re
}

// isAssigned reports whether a pattern has an assignment behind a word.
func isAssigned(pattern, word string) bool {
	name, _, ok := strings.Cut(pattern, assignment)
	return ok && strings.Contains(strings.ToLower(name), word)
}

// isWhole reports whether a pattern has a word only where it ends, with no letter behind it.
func isWhole(pattern, word string) bool {
	pattern = strings.ToLower(pattern)
	times := strings.Count(pattern, word)
	return times > 0 && times == strings.Count(pattern, word+`\b`)
}

const (
	longestName   = 64 // of what may stand around a word, on its side of the sign
	longestGap    = 12 // between that sign and the value, signs of two characters included
	shortestValue = 8
)

// assigning is the part of a text in which something that may be a value is assigned behind a word.
type assigning struct {
	span
	signs []int // where a sign of assignment stands that something long enough follows
}

// assigned returns the value behind a word that ends at a place, with no signs where there is none.
// Patterns with an assignment match nothing at such a word, and asking this is much less than
// asking them.
func assigned(text string, end int) (v assigning) {
	name := text[end:min(len(text), end+longestName)]
	for i := range len(name) {
		if strings.IndexByte("=>:|?,", name[i]) < 0 {
			if !inName(name[i]) {
				break
			}
			continue
		}
		if at := valueAfter(text, end+i+1); at > 0 {
			v.to, v.signs = endOfLine(text, at), append(v.signs, end+i)
		}
	}
	if len(v.signs) == 0 {
		return v
	}
	for v.from = end; v.from > 0 && end-v.from < 2*longestName && inName(text[v.from-1]) && !isBlank(text[v.from-1]); {
		v.from--
	}
	return v
}

// mayEnd reports whether the pattern of a rule can end with a value.
func (one *rule) mayEnd(text string, v assigning) bool {
	ending := one.ending()
	return ending == nil || slices.ContainsFunc(v.signs, func(sign int) bool { return ending.MatchString(text[sign:v.to]) })
}

// inName reports whether a byte may stand between a word and the sign of assignment.
func inName(c byte) bool {
	return isWordByte(c) || strings.IndexByte(" \t\r\n\f\v.-'\"", c) >= 0
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
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
