package evidence

import "strings"

// maxChoices is how many ways to fulfil one licence expression are told apart.
const maxChoices = 64

// Choices returns the ways to fulfil a licence expression as SPDX defines them: of each,
// the licences that all hold. MIT OR GPL-2.0-only WITH Classpath-exception-2.0 has two, of
// one licence each; an exception belongs to the licence before it. What is no such
// expression, or has too many choices, is one licence of that name.
func Choices(expression string) [][]string {
	p := licenceParser{words: licenceWords(expression)}
	choices, ok := p.either(0)
	if !ok || len(p.words) > 0 {
		return [][]string{{expression}}
	}
	return choices
}

// licenceParser reads an expression from its words, of which it takes from the front.
type licenceParser struct{ words []string }

func licenceWords(expression string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(expression))
}

// next takes a word if it is the one asked for, in capitals or not.
func (p *licenceParser) next(word string) bool {
	if len(p.words) == 0 || !strings.EqualFold(p.words[0], word) {
		return false
	}
	p.words = p.words[1:]
	return true
}

// either reads one or more expressions of which one is enough.
func (p *licenceParser) either(depth int) ([][]string, bool) {
	choices, ok := p.all(depth)
	for ok && p.next("OR") {
		var more [][]string
		more, ok = p.all(depth)
		choices = append(choices, more...)
		ok = ok && len(choices) <= maxChoices
	}
	return choices, ok
}

// all reads one or more that all hold: each choice of one with each of the others.
func (p *licenceParser) all(depth int) ([][]string, bool) {
	choices, ok := p.one(depth)
	for ok && p.next("AND") {
		var more [][]string
		if more, ok = p.one(depth); !ok || len(choices)*len(more) > maxChoices {
			return nil, false
		}
		var both [][]string
		for _, a := range choices {
			for _, b := range more {
				both = append(both, append(append([]string{}, a...), b...))
			}
		}
		choices = both
	}
	return choices, ok
}

// one reads a licence, with its exception if it has one, or an expression in parentheses.
func (p *licenceParser) one(depth int) ([][]string, bool) {
	if p.next("(") {
		if depth == maxDepth {
			return nil, false
		}
		choices, ok := p.either(depth + 1)
		return choices, ok && p.next(")")
	}
	name, ok := p.name()
	if ok && p.next("WITH") {
		var exception string
		exception, ok = p.name()
		name += " WITH " + exception
	}
	return [][]string{{name}}, ok
}

// name takes a word that is a name.
func (p *licenceParser) name() (string, bool) {
	for _, operator := range []string{"AND", "OR", "WITH", "(", ")"} {
		if len(p.words) == 0 || strings.EqualFold(p.words[0], operator) {
			return "", false
		}
	}
	name := p.words[0]
	p.words = p.words[1:]
	return name, true
}
