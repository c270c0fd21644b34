package forgetest

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

var landTests = map[string]func(*stage){
	"Landing":        landing,
	"LandingAgain":   landingAgain,
	"LandingBeside":  landingBeside,
	"LandingAtOnce":  landingAtOnce,
	"LandingStale":   landingStale,
	"LandingRefused": landingRefused,
}

// landed lands a change and returns the commit on the base branch.
func (s *stage) landed(id string, head catalog.Commit) catalog.Commit {
	s.Helper()
	r := s.do(land(id, head))
	if s.Forge.Can()[forge.Queue] {
		s.Drain()
		r.Commit = s.change(id).Landed
	}
	if !r.Done || r.Commit == "" || r.Commit != s.tip() {
		s.Fatalf("the receipt of the landing is %+v, and the base branch is at %s", r, s.tip())
	}
	return r.Commit
}

func landing(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.Review(id, "bob", Said{Review: catalog.Approve})
	before := s.change(id)
	commit := s.landed(id, head)
	s.holds(commit, "a", "1")
	s.listed()
	if got, err := s.Forge.Landed(s.Context(), commit); err != nil || got != id {
		s.Errorf("%s was brought by %q, %v; want %q", commit, got, err, id)
	}
	c := s.change(id)
	if c.Open || c.Landed != commit || c.Head != head || c.Author != before.Author {
		s.Errorf("landed, it is %+v", c)
	}
	if !hand(c, as(s.Who("ada")), "a") || len(c.Reviews) != 1 || c.Reviews[0].ID != before.Reviews[0].ID {
		s.Errorf("landed, its facts are gone: %+v", c)
	}
}

func landingAgain(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	commit := s.landed(id, head)
	s.Direct("bob", File("b", "2"))
	tip := s.tip()
	r := s.do(land(id, head))
	if r.Done || r.Commit != commit || s.tip() != tip {
		s.Errorf("landing again gave %+v and moved the base branch from %s to %s; it had landed as %s", r, tip, s.tip(), commit)
	}
}

func landingBeside(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.Direct("bob", File("b", "2"))
	commit := s.landed(id, head)
	s.holds(commit, "a", "1")
	s.holds(commit, "b", "2")
	other, otherHead := s.Open("bob", "other", File("c", "3"))
	next := s.landed(other, otherHead)
	for _, commit := range []catalog.Commit{commit, next} {
		if !slices.Contains(s.History(), commit) {
			s.Errorf("%s is not among the first parents of the base branch", commit)
		}
	}
	if got, err := s.Forge.Landed(s.Context(), commit); err != nil || got != id {
		s.Errorf("%s was brought by %q, %v; want %q", commit, got, err, id)
	}
}

func landingAtOnce(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	before := len(s.History())
	const replicas = 4
	errs := make([]error, replicas)
	var all sync.WaitGroup
	for i := range replicas {
		all.Go(func() { _, errs[i] = s.Forge.Do(s.Context(), land(id, head)) })
	}
	all.Wait()
	if s.Forge.Can()[forge.Queue] {
		s.Drain()
	}
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, forge.ErrStale) {
			s.Errorf("landing at once: %v", err)
		}
	}
	if got := len(s.History()) - before; won == 0 || got != 1 {
		s.Errorf("%d of %d replicas landed it, in %d commits", won, replicas, got)
	}
}

func landingStale(s *stage) {
	id, read := s.Open("ada", "hello", File("a", "1"))
	head := s.Push(id, "bob", File("b", "2"))
	s.fails(land(id, read), forge.ErrStale)
	s.fails(show(id, read, "old"), forge.ErrStale)
	s.listed(id)
	rewritten := s.Rewrite(id, "bob", File("c", "3"))
	s.fails(land(id, head), forge.ErrStale)
	commit := s.landed(id, rewritten)
	s.holds(commit, "c", "3")
	if _, ok := s.Read(commit, "b"); ok {
		s.Error("what was pushed away landed all the same")
	}
}

func landingRefused(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.Protect("two owners have to sign")
	if words := s.fails(land(id, head), forge.ErrRefused); !strings.Contains(words, "two owners have to sign") {
		s.Errorf("the error does not say why: %s", words)
	}
	s.listed(id)
	if c := s.change(id); !c.Open || c.Landed != "" || c.Head != head {
		s.Errorf("refused, it is %+v", c)
	}
	s.Protect("")
	s.landed(id, head)
}
