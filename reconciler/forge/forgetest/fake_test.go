package forgetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
)

func TestFakeWithoutAbilities(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness { return newWorld(t) })
}

func TestFakeWithAbilities(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness {
		return newWorld(t, forge.Comment, forge.Command, forge.Suggest, forge.Draft, forge.Team, forge.Ask)
	})
}

func TestFakeWithAQueue(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness { return newWorld(t, forge.Queue) })
}

func TestFakeLeavesTheQueue(t *testing.T) {
	h := newWorld(t, forge.Queue)
	id, head := h.Open("ada", "hello", forgetest.File("a", "1"))
	land := forge.Action{Change: id, Head: head, Land: &forge.Landing{Message: "m"}}
	if r, err := h.Forge.Do(t.Context(), land); err != nil || !r.Done || r.Commit != "" {
		t.Fatalf("%+v, %v", r, err)
	}
	h.Push(id, "bob", forgetest.File("b", "2"))
	h.Drain()
	if c, err := h.Forge.Change(t.Context(), id); err != nil || !c.Open {
		t.Errorf("a push does not take the change out of the queue: %+v, %v", c, err)
	}
}

func TestFakeFails(t *testing.T) {
	f := forgetest.New(forgetest.FakeOptions{})
	id := f.Open(forge.Change{Author: forge.Identity{Login: "ada"}})
	c, err := f.Change(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	land := forge.Action{Change: id, Head: c.Head, Land: &forge.Landing{Message: "m"}}
	lost := errors.New("the network is gone")

	f.Before(func(forge.Action) error { return lost })
	if _, err := f.Do(t.Context(), land); !errors.Is(err, lost) || len(f.Landings()) != 0 {
		t.Errorf("denied, it landed: %v", err)
	}
	f.Before(nil)
	f.After(func(_ forge.Action, r forge.Receipt) error {
		if !r.Done {
			t.Errorf("the lost receipt is %+v", r)
		}
		return lost
	})
	if r, err := f.Do(t.Context(), land); !errors.Is(err, lost) || r != (forge.Receipt{}) || len(f.Landings()) != 1 {
		t.Errorf("lost, it did not land: %+v, %v", r, err)
	}
	f.After(nil)
	if r, err := f.Do(t.Context(), land); err != nil || r.Done || r.Commit != f.Landings()[0].Commit || f.Writes() != 1 {
		t.Errorf("found again, it is %+v, %v", r, err)
	}
	f.Reads(func(id string) error { return lost })
	if _, err := f.Change(t.Context(), id); !errors.Is(err, lost) {
		t.Errorf("reading: %v", err)
	}
	if _, err := f.Changes(t.Context(), "main"); !errors.Is(err, lost) {
		t.Errorf("listing: %v", err)
	}
}

func TestFakeRemembers(t *testing.T) {
	ada, bob := forge.Identity{Login: "ada"}, forge.Identity{Login: "bob"}
	f := forgetest.New(forgetest.FakeOptions{Base: "trunk", Can: []forge.Ability{forge.Comment, forge.Ask}})
	id := f.Open(forge.Change{ID: "publish/hello", Author: ada, Head: "h1"})
	do := func(a forge.Action) {
		t.Helper()
		a.Change, a.Head = id, "h1"
		if _, err := f.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		do(forge.Action{Show: &forge.Verdict{Title: "t", Summary: "s"}})
		do(forge.Action{Mention: &forge.Mention{Key: "k", Text: "word"}})
		do(forge.Action{Ask: &forge.Asking{People: []forge.Identity{bob}}})
	}
	if shown, told, asked := f.Shown(id), f.Told(id), f.Asked(id); len(shown) != 1 || shown[0].Head != "h1" || len(told) != 1 || len(asked) != 1 || f.Writes() != 3 {
		t.Errorf("%+v, %+v, %+v, %d writes", shown, told, asked, f.Writes())
	}
	review := f.Review(id, forge.Review{By: bob, Review: catalog.Approve})
	f.Dismiss(id, review)
	f.Close(id)
	f.Reopen(id)
	do(forge.Action{Land: &forge.Landing{Message: "Land it"}})
	f.Reopen(id)
	c, err := f.Change(t.Context(), id)
	if err != nil || c.Open || c.Base != "trunk" || c.Reviews[0].Review != catalog.Dismiss || c.Reviews[0].ID != review {
		t.Errorf("%+v, %v", c, err)
	}
	if l := f.Landings(); len(l) != 1 || l[0] != (forgetest.Landing{Change: id, Head: "h1", Message: "Land it", Commit: c.Landed}) {
		t.Errorf("%+v", l)
	}
}

func TestFakeLandsElsewhere(t *testing.T) {
	var refuse error
	f := forgetest.New(forgetest.FakeOptions{Land: func(_ context.Context, c forge.Change, message string) (catalog.Commit, error) {
		return forgetest.CommitOf(c.ID, message), refuse
	}})
	id := f.Open(forge.Change{Head: "h"})
	land := forge.Action{Change: id, Head: "h", Land: &forge.Landing{Message: "m"}}
	refuse = forge.ErrStale
	if _, err := f.Do(t.Context(), land); !errors.Is(err, forge.ErrStale) {
		t.Error(err)
	}
	refuse = nil
	if r, err := f.Do(t.Context(), land); err != nil || r.Commit != forgetest.CommitOf(id, "m") {
		t.Errorf("%+v, %v", r, err)
	}
}
