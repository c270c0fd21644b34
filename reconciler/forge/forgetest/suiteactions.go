package forgetest

import (
	"errors"
	"slices"

	"github.com/levee-gitops/levee/reconciler/forge"
)

var actionTests = map[string]func(*stage){
	"ShowingTwice":     showingTwice,
	"OneAction":        oneAction,
	"WhatItCannot":     whatItCannot,
	"Proposing":        proposing,
	"ProposingOddKeys": proposingOddKeys,
}

func showingTwice(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.do(show(id, head, "first"))
	if r := s.do(show(id, head, "first")); r.Done {
		s.Errorf("showing what is shown was done again: %+v", r)
	}
	if c := s.change(id); !c.Open || c.Head != head || len(c.Reviews) != 0 {
		s.Errorf("a verdict that was shown became a fact: %+v", c)
	}
}

func oneAction(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	before := s.tip()
	both := land(id, head)
	both.Show = &forge.Verdict{State: forge.Success, Title: "Fine"}
	for _, a := range []forge.Action{{Change: id, Head: head}, both} {
		if r, err := s.Forge.Do(s.Context(), a); err == nil || r.Done || s.tip() != before {
			s.Errorf("do %+v: %+v, %v", a, r, err)
		}
	}
}

func whatItCannot(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	can := s.Forge.Can()
	if !can[forge.Ask] {
		s.fails(forge.Action{Change: id, Head: head, Ask: &forge.Asking{People: []forge.Identity{s.Who("bob")}}}, forge.ErrUnable)
	}
	if !can[forge.Comment] {
		s.fails(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: "k", Text: "t"}}, forge.ErrUnable)
	}
	can[forge.Ask] = !can[forge.Ask]
	if again := s.Forge.Can(); again[forge.Ask] == can[forge.Ask] {
		s.Error("who reads the abilities can write them")
	}
}

func proposal(base, key string, files map[string][]byte) forge.Action {
	return forge.Action{Propose: &forge.Proposal{Key: key, Base: base, Title: "Approve what is held", Text: "It landed past the check.", Files: files}}
}

func proposing(s *stage) {
	s.Direct("ada", Work{Files: map[string]string{"old": "1", "stays": "2"}})
	a := proposal(s.Base, "held-hello", map[string][]byte{"apps/hello/app.yaml": []byte("kind: App\n"), "old": nil, "empty": {}})
	r := s.do(a)
	if !r.Done || r.ID == "" {
		s.Fatalf("the receipt of the proposal is %+v", r)
	}
	s.listed(r.ID)
	c := s.change(r.ID)
	if !c.Bot || !c.Open || c.Base != s.Base || c.Head == "" || c.Head == s.tip() {
		s.Errorf("the proposed change is %+v", c)
	}
	if again := s.do(a); again.Done || again.ID != r.ID {
		s.Errorf("proposing again gave %+v, and %+v before", again, r)
	}
	if other := s.do(proposal(s.Base, "held-other", map[string][]byte{"b": []byte("1")})); !other.Done || other.ID == r.ID {
		s.Errorf("another key gave %+v, and %+v before", other, r)
	}
	head := s.Push(r.ID, "ada", File("also", "3"))
	if again := s.do(a); again.Done || again.ID != r.ID {
		s.Errorf("proposing what somebody pushed to gave %+v, and %+v before", again, r)
	}
	commit := s.landed(r.ID, head)
	s.holds(commit, "apps/hello/app.yaml", "kind: App\n")
	s.holds(commit, "empty", "")
	s.holds(commit, "stays", "2")
	s.holds(commit, "also", "3")
	if _, ok := s.Read(commit, "old"); ok {
		s.Error("what the proposal deletes is still there")
	}
	if again := s.do(a); again.Done || again.ID != r.ID {
		s.Errorf("proposing what landed gave %+v, and %+v before", again, r)
	}
}

func proposingOddKeys(s *stage) {
	var ids []string
	for _, key := range []string{"a b", "a-b", "a:b", "ünï/cödé", "../../x", ".lock", "@{-1}", "line\nbreak: x", "-"} {
		r, err := s.Forge.Do(s.Context(), proposal(s.Base, key, nil))
		if err != nil || !r.Done {
			s.Errorf("propose %q: %+v, %v", key, r, err)
			continue
		}
		if slices.Contains(ids, r.ID) {
			s.Errorf("propose %q: it is the change of another key, %s", key, r.ID)
		}
		ids = append(ids, r.ID)
		if again := s.do(proposal(s.Base, key, nil)); again.Done || again.ID != r.ID {
			s.Errorf("propose %q again: %+v", key, again)
		}
	}
	s.listed(ids...)
	if r, err := s.Forge.Do(s.Context(), proposal("", "k", nil)); err == nil || errors.Is(err, forge.ErrStale) {
		s.Errorf("propose for no branch: %+v, %v", r, err)
	}
}
