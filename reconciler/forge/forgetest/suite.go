package forgetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// TestForge holds a forge to the contract: to its core, and to the suites of the
// abilities that it claims. Each test starts with a new harness.
func TestForge(t *testing.T, start func(t *testing.T) *Harness) {
	run := func(name string, test func(*stage)) {
		t.Run(name, func(t *testing.T) { test(&stage{t, start(t)}) })
	}
	for _, suite := range []map[string]func(*stage){factTests, reviewTests, landTests, actionTests} {
		for _, name := range slices.Sorted(maps.Keys(suite)) {
			run(name, suite[name])
		}
	}
	claimed := start(t).Forge.Can()
	for _, ability := range slices.Sorted(maps.Keys(claimed)) {
		tests := abilityTests[ability]
		if !claimed[ability] {
			continue
		}
		if tests == nil {
			t.Errorf("the forge claims the ability %q, for which there is no suite", ability)
		}
		for _, name := range slices.Sorted(maps.Keys(tests)) {
			run(string(ability)+"/"+name, tests[name])
		}
	}
}

// A stage is a test with its harness.
type stage struct {
	*testing.T
	*Harness
}

func (s *stage) change(id string) forge.Change {
	s.Helper()
	c, err := s.Forge.Change(s.Context(), id)
	if err != nil {
		s.Fatalf("read change %s: %v", id, err)
	}
	if c.ID != id {
		s.Errorf("the change %s says it is %q", id, c.ID)
	}
	return c
}

func (s *stage) changes() []string {
	s.Helper()
	ids := []string{}
	for _, listed := range s.list() {
		ids = append(ids, listed.ID)
	}
	slices.Sort(ids)
	return ids
}

func (s *stage) list() []forge.Listed {
	s.Helper()
	list, err := s.Forge.Changes(s.Context(), s.Base)
	if err != nil {
		s.Fatalf("list changes: %v", err)
	}
	return list
}

// stamp is the stamp of an open change.
func (s *stage) stamp(id string) string {
	s.Helper()
	for _, listed := range s.list() {
		if listed.ID == id {
			return listed.Stamp
		}
	}
	s.Fatalf("the change %s is not listed", id)
	return ""
}

// listed wants exactly these changes to be open.
func (s *stage) listed(want ...string) {
	s.Helper()
	slices.Sort(want)
	if got := s.changes(); !slices.Equal(got, want) {
		s.Errorf("open are %q, want %q", got, want)
	}
}

func (s *stage) do(a forge.Action) forge.Receipt {
	s.Helper()
	r, err := s.Forge.Do(s.Context(), a)
	if err != nil {
		s.Fatalf("do %+v: %v", a, err)
	}
	return r
}

// fails wants an action to end in one of some errors, and the base branch to stay
// where it is. It returns the words of the error.
func (s *stage) fails(a forge.Action, want ...error) string {
	s.Helper()
	before := s.tip()
	r, err := s.Forge.Do(s.Context(), a)
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		s.Errorf("do %+v: %v, want one of %q", a, err, want)
	}
	if r != (forge.Receipt{}) {
		s.Errorf("do %+v: it failed and gave the receipt %+v", a, r)
	}
	if after := s.tip(); after != before {
		s.Errorf("do %+v: it failed and moved the base branch from %s to %s", a, before, after)
	}
	return fmt.Sprint(err)
}

func (s *stage) tip() catalog.Commit {
	s.Helper()
	history := s.History()
	return history[len(history)-1]
}

func (s *stage) holds(commit catalog.Commit, path, want string) {
	s.Helper()
	if got, ok := s.Read(commit, path); !ok || got != want {
		s.Errorf("%s at %s is %q, %t; want %q", path, commit.Short(), got, ok, want)
	}
}

// hand reports whether somebody had a hand in a path.
func hand(c forge.Change, who func(forge.Contributor) bool, path string) bool {
	return slices.ContainsFunc(c.Contributors, func(by forge.Contributor) bool {
		return who(by) && (len(by.Paths) == 0 || slices.Contains(by.Paths, path))
	})
}

func as(id forge.Identity) func(forge.Contributor) bool {
	return func(c forge.Contributor) bool { return c.Identity == id }
}

func mail(address string) func(forge.Contributor) bool {
	return func(c forge.Contributor) bool { return c.Email == address }
}

func land(id string, head catalog.Commit) forge.Action {
	return forge.Action{Change: id, Head: head, Land: &forge.Landing{Message: "Land it"}}
}

func show(id string, head catalog.Commit, summary string) forge.Action {
	return forge.Action{Change: id, Head: head, Show: &forge.Verdict{State: forge.Pending, Title: "One approval is missing", Summary: summary}}
}
