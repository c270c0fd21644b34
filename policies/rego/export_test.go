package rego

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/types"
)

// Hold is called by the built-in function test.hold, which exists in tests only: a Rego test
// that calls it can hold up the compilation of its rules.
var Hold = withHold()

func withHold() *atomic.Pointer[func()] {
	called, name := &atomic.Pointer[func()]{}, "test.hold"
	ast.RegisterBuiltin(&ast.Builtin{Name: name, Decl: types.NewFunction(types.Args(), types.B)})
	topdown.RegisterBuiltinFunc(name, func(_ topdown.BuiltinContext, _ []*ast.Term, iter func(*ast.Term) error) error {
		(*called.Load())()
		return iter(ast.BooleanTerm(true))
	})
	return called
}

// Inputs lists the input paths that each rule depends on, by rule.
func (s *Set) Inputs() map[string][]string {
	all := map[string][]string{}
	for _, r := range s.rules {
		for _, at := range r.inputs {
			all[r.ID] = append(all[r.ID], strings.Join(s.paths.paths[at], "."))
		}
	}
	return all
}

// Answer is the finding of one rule, as text, without the cache: on the whole input, or on
// the excerpt for this rule and others.
func (s *Set) Answer(ctx context.Context, id string, input map[string]any, beside ...int) string {
	for i, r := range s.rules {
		if r.ID == id {
			if len(beside) > 0 {
				input = s.excerpt(input, append(beside, i))
			}
			f, err := s.evalOne(ctx, ast.NewTerm(ast.MustInterfaceToValue(input)), r)
			return fmt.Sprintf("%+v %v", f, err)
		}
	}
	return "no such rule"
}

// AppendValue is the encoding of values in cache keys.
var AppendValue = appendValue

// KeyAt is the cache key of a rule that depends on one path.
func KeyAt(input map[string]any, at string) [32]byte {
	var p inputPaths
	n := p.add(inputPath(at))
	k, err := p.encoder(input).key([]int{n})
	if err != nil {
		panic(err)
	}
	return k
}

// Forgets adds n findings to a cache, getting the first one each time, and returns how many
// it holds and whether the first is among them.
func Forgets(n int) (held int, first bool) {
	m := &findingCache{}
	number := func(i int) (k findingKey) { binary.BigEndian.PutUint64(k[:], uint64(i)); return k }
	for i := range n {
		m.add(number(i), noFinding)
		_, first = m.get(number(0))
	}
	return len(m.young) + len(m.old), first
}

const MaxFindings = maxFindings

// Depths are the lengths of the input paths, in the order in which excerpt takes them.
func (s *Set) Depths() (depths []int) {
	for _, at := range s.paths.deepest {
		depths = append(depths, len(s.paths.paths[at]))
	}
	return depths
}
