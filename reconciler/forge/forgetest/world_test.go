package forgetest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
)

// A world gives the commits of a Fake content, so that it can be seen what landed.
type world struct {
	t       *testing.T
	fake    *forgetest.Fake
	files   map[catalog.Commit]map[string]string
	began   map[string]catalog.Commit // change → where on the base branch it began
	history []catalog.Commit
	clock   time.Time
}

// newWorld is a Fake in a world, with the harness to act on it.
func newWorld(t *testing.T, can ...forge.Ability) *forgetest.Harness {
	w := &world{
		t: t, files: map[catalog.Commit]map[string]string{}, began: map[string]catalog.Commit{},
		clock: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC),
	}
	w.fake = forgetest.New(forgetest.FakeOptions{Can: can, Land: w.land, Propose: w.propose, Now: func() time.Time {
		w.clock = w.clock.Add(time.Minute)
		return w.clock
	}})
	w.grow(w.commit("", map[string]string{"README": "hello\n"}))
	return &forgetest.Harness{
		Forge: w.fake, Base: "main", Unknown: "999", Who: who,
		Open: w.open, Push: w.push, Rewrite: w.rewrite, Update: w.update, Direct: w.direct,
		Close: w.fake.Close, Reopen: w.fake.Reopen, Protect: w.fake.Refuse,
		Review: func(id, person string, s forgetest.Said) string {
			return w.fake.Review(id, forge.Review{By: who(person), Review: s.Review, Commit: s.Commit, Digests: s.Digests, Text: s.Text})
		},
		History: func() []catalog.Commit { return slices.Clone(w.history) },
		Read: func(commit catalog.Commit, path string) (string, bool) {
			content, ok := w.files[commit][path]
			return content, ok
		},
		Comments: w.fake.Comments, Suggests: w.fake.Suggested, Asked: w.fake.Asked,
		Command: func(id, person, text string) { w.fake.Command(id, who(person), text) },
		Drain:   func() { w.fake.Drain(t.Context()) },
		Draft:   func(id string, draft bool) { w.fake.Edit(id, func(c *forge.Change) { c.Draft = draft }) },
		Team: func(name string, people []string) {
			var members []forge.Identity
			for _, p := range people {
				members = append(members, who(p))
			}
			w.fake.Team(name, members...)
		},
		Status: func(commit catalog.Commit) (forge.State, string) {
			s := w.fake.Status(commit)
			return s.State, s.Title
		},
	}
}

func who(person string) forge.Identity { return forge.Identity{Login: person} }

// commit makes a commit with more files on top of another.
func (w *world) commit(on catalog.Commit, more map[string]string) catalog.Commit {
	id := forgetest.CommitOf("commit", fmt.Sprint(len(w.files)))
	w.files[id] = maps.Clone(w.files[on])
	if w.files[id] == nil {
		w.files[id] = map[string]string{}
	}
	maps.Copy(w.files[id], more)
	return id
}

func (w *world) grow(commit catalog.Commit) catalog.Commit {
	w.history = append(w.history, commit)
	return commit
}

func (w *world) tip() catalog.Commit { return w.history[len(w.history)-1] }

// hands are the contributors of a commit.
func hands(person string, work forgetest.Work) []forge.Contributor {
	paths := slices.Sorted(maps.Keys(work.Files))
	list := []forge.Contributor{{Identity: who(person), Paths: paths}}
	for _, name := range append(slices.Clone(work.With), work.Names) {
		if _, email, ok := strings.Cut(strings.TrimSuffix(name, ">"), "<"); ok {
			list = append(list, forge.Contributor{Email: email, Paths: paths})
		}
	}
	return list
}

func (w *world) open(person, name string, work forgetest.Work) (string, catalog.Commit) {
	head := w.commit(w.tip(), work.Files)
	id := w.fake.Open(forge.Change{Title: name, Head: head, Author: who(person), Contributors: hands(person, work)})
	w.began[id] = w.tip()
	return id, head
}

func (w *world) head(id string) catalog.Commit {
	c, err := w.fake.Change(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Head
}

func (w *world) push(id, person string, work forgetest.Work) catalog.Commit {
	head := w.commit(w.head(id), work.Files)
	w.fake.Push(id, head, hands(person, work)...)
	return head
}

func (w *world) rewrite(id, person string, work forgetest.Work) catalog.Commit {
	head := w.commit(w.tip(), work.Files)
	w.fake.ForcePush(id, head, hands(person, work)...)
	w.began[id] = w.tip()
	return head
}

func (w *world) update(id, _ string) catalog.Commit {
	head := w.commit(w.tip(), w.changed(id))
	w.fake.Push(id, head)
	w.began[id] = w.tip()
	return head
}

// changed is what a change writes.
func (w *world) changed(id string) map[string]string {
	files := maps.Clone(w.files[w.head(id)])
	maps.DeleteFunc(files, func(path, content string) bool { return w.files[w.began[id]][path] == content })
	return files
}

func (w *world) direct(_ string, work forgetest.Work) catalog.Commit {
	return w.grow(w.commit(w.tip(), work.Files))
}

func (w *world) land(_ context.Context, c forge.Change, _ string) (catalog.Commit, error) {
	began, head := w.files[w.began[c.ID]], w.files[c.Head]
	commit := w.commit(w.tip(), nil)
	for path, content := range head {
		if old, was := began[path]; !was || old != content {
			w.files[commit][path] = content
		}
	}
	for path := range began {
		if _, is := head[path]; !is {
			delete(w.files[commit], path)
		}
	}
	return w.grow(commit), nil
}

func (w *world) propose(_ context.Context, id string, p forge.Proposal) (catalog.Commit, error) {
	head := w.commit(w.tip(), nil)
	for path, content := range p.Files {
		if content == nil {
			delete(w.files[head], path)
		} else {
			w.files[head][path] = string(content)
		}
	}
	w.began[id] = w.tip()
	return head, nil
}
