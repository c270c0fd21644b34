package secretscan

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"
)

// TestWindowsHoldMatches writes what each pattern matches into a text, and checks that what the
// pattern finds in the whole of it lies in a part that the rule looks at.
func TestWindowsHoldMatches(t *testing.T) {
	r := load()
	random := rand.New(rand.NewPCG(1, 2))
	tried := 0
	for i, one := range r.list {
		if one.pattern == nil {
			continue
		}
		parsed, err := syntax.Parse(one.pattern().String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			var b strings.Builder
			write(&b, parsed, random)
			text := "name: some words and\nmore of them " + b.String() + "\nthe end: of it\n"
			at := one.pattern().FindStringIndex(text)
			if at == nil || !r.asks(i, text) {
				continue // a pattern asks for a border of words here, or the rule for a word that is not there
			}
			tried++
			held := false
			for _, s := range r.windows(nameFor(one), text)[i] {
				held = held || s.from <= at[0] && at[1] <= s.to
			}
			if !held {
				t.Fatalf("%s: %q is at %v, and looked for in %v", one.id, text, at, r.windows(nameFor(one), text)[i])
			}
		}
	}
	if tried < 1500 {
		t.Errorf("%d texts were tried, which is too few to tell anything", tried)
	}
}

// asks reports whether a rule is called by a word of a text.
func (r *rules) asks(rule int, text string) bool {
	asked := false
	r.words.each(text, func(word, _ int) bool {
		for _, c := range r.called[word] {
			asked = asked || c.rule == rule
		}
		return !asked
	})
	return asked
}

// nameFor is the name of a file that a rule is about.
func nameFor(one *rule) string {
	for _, name := range []string{"a.php", "a.tf", "a.yaml", "nuget.config"} {
		if one.path != nil && one.path.MatchString(name) {
			return name
		}
	}
	return "a.txt"
}

// write writes a text that an expression matches.
func write(b *strings.Builder, re *syntax.Regexp, random *rand.Rand) {
	repeat := func(least, most int) {
		if most < 0 {
			most = least + 40
		}
		for range least + random.IntN(most-least+1) {
			write(b, re.Sub[0], random)
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		for {
			k := random.IntN(len(re.Rune)/2) * 2
			if low, high := re.Rune[k], min(re.Rune[k+1], '~'); low <= high {
				b.WriteRune(low + rune(random.IntN(int(high-low)+1)))
				return
			}
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte("abc 019-"[random.IntN(8)])
	case syntax.OpStar:
		repeat(0, 5)
	case syntax.OpPlus:
		repeat(1, 20)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		repeat(re.Min, re.Max)
	case syntax.OpAlternate:
		write(b, re.Sub[random.IntN(len(re.Sub))], random)
	default:
		for _, sub := range re.Sub {
			write(b, sub, random)
		}
	}
}

func TestFinder(t *testing.T) {
	words := []string{"he", "she", "his", "hers", "k", "-----begin"}
	f := newFinder(words)
	var got []string
	f.each("uSHErs, -----BEGIN a key", func(word, end int) bool {
		got = append(got, words[word])
		if end > 24 {
			t.Errorf("%s ends at %d", words[word], end)
		}
		return true
	})
	if want := "she he hers -----begin k"; strings.Join(got, " ") != want {
		t.Errorf("found %q, want %q", got, want)
	}
	if !f.any("this") || f.any("nothing") {
		t.Error("any does not tell whether a word is there")
	}
}
