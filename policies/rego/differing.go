package rego

import (
	"context"
	"reflect"
	"slices"
)

// Differing lists the rules, by id, that another set does not have or has otherwise. Where the settings
// are the same, what they find is all by which decisions of the two sets can differ.
func (s *Set) Differing(other *Set) []string {
	var ids []string
	for _, r := range s.rules {
		if !slices.ContainsFunc(other.rules, r.same) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// same reports whether another rule says the same of every input, with the same consequences.
func (r *Rule) same(other *Rule) bool {
	a, b := *r, *other
	if a.digest != b.digest {
		return false
	}
	for _, x := range []*Rule{&a, &b} { // what compiling made of it belongs to its set
		x.pkg, x.sets, x.inputs, x.cache, x.query, x.results = nil, nil, nil, nil, nil, nil
	}
	return reflect.DeepEqual(a, b)
}

// Silent reports whether some rules find nothing in an input.
func (s *Set) Silent(ctx context.Context, input map[string]any, ids []string) (bool, error) {
	var which []int
	for i, r := range s.rules {
		if slices.Contains(ids, r.ID) {
			which = append(which, i)
		}
	}
	findings, err := s.evaluate(ctx, input, which)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(findings, func(f *Finding) bool { return !f.empty() }), nil
}
