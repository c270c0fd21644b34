package secretscan

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Finding is a secret that was found. Its value is there to be taken out of texts, and is
// never written anywhere.
type Finding struct {
	Kind         string // in words: "AWS access token"
	Certain      bool   // false where only a name and a look of randomness speak for it
	Line, Column int    // from 1, the column in characters; 0 for the file as a whole
	value        string
	from, to     int
}

// Values are those of findings, for whoever must not tell the same one twice.
type Values struct{ known map[string]bool }

// Fresh adds findings, and returns those whose value was not among them. What has none, as a file
// that is a store of keys, is always fresh.
func (v *Values) Fresh(findings []Finding) (fresh []Finding) {
	if v.known == nil {
		v.known = map[string]bool{}
	}
	for _, f := range findings {
		if f.value == "" || !v.known[f.value] {
			fresh = append(fresh, f)
		}
		v.known[f.value] = true
	}
	return fresh
}

const mostFindings = 50 // in one text

// mostWork is how many bytes patterns are matched against in a text, windows of several rules
// counted for each. What people and programs write asks for as much as the text is long, and
// small files for three times that.
func mostWork(text string) int { return 256<<10 + 2*len(text) }

// find lists the secrets in the text of a file, by their place. whole is false where the rest
// of it was not looked at, since there is too much in it that may be one.
func (r *rules) find(name, text string) (found []Finding, whole bool) {
	found, whole = r.matches(r.windows(name, text), text)
	found = single(found)
	for i := range found {
		before := text[:found[i].from]
		line := strings.LastIndexByte(before, '\n') + 1
		found[i].Line, found[i].Column = strings.Count(before, "\n")+1, utf8.RuneCountInString(before[line:])+1
	}
	return found, whole
}

// named lists what the name of a file says of all of it.
func (r *rules) named(name string) (found []Finding) {
	for _, one := range r.list {
		if one.pattern == nil && one.path.MatchString(name) {
			found = append(found, Finding{Kind: one.kind, Certain: true})
		}
	}
	return found
}

// windows are the parts of a text that each rule has to look at.
func (r *rules) windows(name, text string) [][]span {
	windows, asked := make([][]span, len(r.list)), make([]bool, len(r.list))
	for i, one := range r.list {
		asked[i] = one.pattern != nil && (one.path == nil || one.path.MatchString(name))
	}
	r.words.each(text, func(word, end int) bool {
		value, inWord := assigned(text, end), end < len(text) && isWordByte(text[end])
		for _, c := range r.called[word] {
			one := r.list[c.rule]
			switch {
			case !asked[c.rule] || c.whole && inWord:
			case !c.assigned:
				windows[c.rule] = widen(windows[c.rule], one.reach().around(text, end, end))
			case len(value.signs) > 0 && one.mayEnd(text, value):
				windows[c.rule] = widen(windows[c.rule], value.span)
			}
		}
		return true
	})
	return windows
}

// matches lists what the rules find in their windows, one after the other until it is too
// much; whole is false then.
func (r *rules) matches(windows [][]span, text string) (found []Finding, whole bool) {
	work, most := 0, mostWork(text)
	for i, spans := range windows {
		for _, s := range spans {
			if work += s.to - s.from; work > most {
				return found, false
			}
			if found = r.match(found, r.list[i], text, s); len(found) > mostFindings {
				return found[:mostFindings], false
			}
		}
	}
	return found, true
}

// match adds what one rule finds in a part of a text.
func (r *rules) match(found []Finding, one *rule, text string, in span) []Finding {
	part := text[in.from:in.to]
	for _, at := range one.pattern().FindAllStringSubmatchIndex(part, mostFindings+1) {
		group := one.secret(at)
		secret := part[at[2*group]:at[2*group+1]]
		if secret == "" || one.entropy > 0 && entropy(secret) <= one.entropy || placeholder.MatchString(secret) {
			continue
		}
		match, line := part[at[0]:at[1]], lineAround(text, in.from+at[0], in.from+at[1])
		excused := func(e *excuse) bool { return e.holds(secret, match, line) }
		if slices.ContainsFunc(r.allowed, excused) || slices.ContainsFunc(one.allowed, excused) {
			continue
		}
		found = append(found, Finding{
			Kind: one.kind, Certain: one.certain, value: secret,
			from: in.from + at[2*group], to: in.from + at[2*group+1],
		})
	}
	return found
}

// secret is the group of a match that holds the secret: the one that the rule names, or the
// first that matched something; 0, all of it, where there is none.
func (one *rule) secret(at []int) int {
	if one.group > 0 {
		if at[2*one.group] < 0 {
			return 0
		}
		return one.group
	}
	for g := 1; 2*g < len(at); g++ {
		if at[2*g] >= 0 && at[2*g] < at[2*g+1] {
			return g
		}
	}
	return 0
}

// lineAround is the text from the beginning of the line that a match begins in to the end of
// the line that it ends in, as far as windows go.
func lineAround(text string, from, to int) string {
	return text[reach{}.around(text, from, from).from:endOfLine(text, to)]
}

// single sorts findings by place, and leaves one of those that several rules found in one
// place: one that is certain, where there is one.
func single(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), strings.Compare(a.Kind, b.Kind))
	})
	var kept []Finding
	for _, f := range found {
		if n := len(kept); n > 0 && f.from < kept[n-1].to {
			if f.Certain && !kept[n-1].Certain {
				kept[n-1] = f
			}
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// entropy is that of Shannon, in bits for each byte.
func entropy(text string) float64 {
	var count [256]int
	for i := range len(text) {
		count[text[i]]++
	}
	sum := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}
