package policies

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Reads lists the places of the input that a rule is taken to look at, by rule.
func (s *RuleSet) Reads() map[string][]string {
	all := map[string][]string{}
	for _, r := range s.rules {
		for _, at := range r.reads {
			all[r.ID] = append(all[r.ID], strings.Join(s.places.paths[at], "."))
		}
	}
	return all
}

// Answer is what one rule says of an input, as text, without what is remembered;
// of all of it, or of the excerpt that the rule gets to see beside another rule.
func (s *RuleSet) Answer(ctx context.Context, id string, input map[string]any, beside ...int) string {
	for i, r := range s.rules {
		if r.ID == id {
			if len(beside) > 0 {
				input = s.excerpt(input, append(beside, i))
			}
			f, err := s.alone(ctx, ast.NewTerm(ast.MustInterfaceToValue(input)), r)
			return fmt.Sprintf("%+v %v", f, err)
		}
	}
	return "no such rule"
}

// AppendValue is what places of an input are remembered by.
var AppendValue = appendValue

// KeyAt is what a place of an input is remembered by.
func KeyAt(input map[string]any, at string) [32]byte {
	var p places
	n := p.add(place(at))
	k, err := p.of(input).key([]int{n})
	if err != nil {
		panic(err)
	}
	return k
}

// Forgets fills a memory with n answers, asking for the first one all along, and
// returns how many it holds and whether the first is among them.
func Forgets(n int) (held int, first bool) {
	m := &memory{}
	number := func(i int) (k key) { binary.BigEndian.PutUint64(k[:], uint64(i)); return k }
	for i := range n {
		m.add(number(i), nothing)
		_, first = m.get(number(0))
	}
	return len(m.young) + len(m.old), first
}

const RememberedAnswers = rememberedAnswers

// Depths are how long the paths of the places are, in the order of excerpts.
func (s *RuleSet) Depths() (depths []int) {
	for _, at := range s.places.deepest {
		depths = append(depths, len(s.places.paths[at]))
	}
	return depths
}
