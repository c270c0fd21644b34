package github_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// canary is the token; it may appear in requests only.
const canary = "ghp_canary4Rp9cV1xQ7"

// world is a server with some accounts, and the forge under test.
type world struct {
	t      *testing.T
	remote *gitrepotest.Remote
	hub    *githubtest.Server
	forge  *github.Forge

	mu    sync.Mutex
	slept []time.Duration
	later time.Duration // how far the forge's clock is ahead of the server's
}

// appKey is generated once, because that takes long.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// asToken and asApp are the two ways to use the interface.
func asToken(o *github.Options) {
	o.Token = func(context.Context) (string, error) { return canary, nil }
}

func asApp(o *github.Options) { o.App = &github.App{ID: 7, Installation: 77, Key: pemOf(appKey())} }

func newWorld(t *testing.T, options ...func(*github.Options)) *world {
	t.Helper()
	w := &world{t: t, remote: gitrepotest.New(t, "-- README --\nhello\n"), later: time.Hour}
	w.hub = githubtest.New(t, githubtest.Options{Dir: w.remote.Dir})
	for _, person := range []string{"ada", "bob", "carol", "dave"} {
		w.hub.Account(person, person+"@home.example")
	}
	w.hub.Account("levee-daemon", "")
	w.hub.Token("levee-daemon", canary)
	w.hub.App("levee", 7, 77, &appKey().PublicKey)
	w.forge = w.make(options...)
	return w
}

// make makes another forge on the same repository, as after a restart.
func (w *world) make(options ...func(*github.Options)) *github.Forge {
	w.t.Helper()
	o := github.Options{Owner: "acme", Repo: "catalog", Base: "main", URL: w.hub.URL, Now: w.now, Sleep: w.sleep}
	for _, set := range options {
		set(&o)
	}
	if o.App == nil && o.Token == nil {
		asToken(&o)
	}
	f, err := github.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *world) now() time.Time {
	at := w.hub.Time()
	w.mu.Lock()
	defer w.mu.Unlock()
	return at.Add(w.later)
}

// sleep moves the clock on instead of waiting.
func (w *world) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slept = append(w.slept, d)
	w.later += d
	return ctx.Err()
}

func (w *world) main() catalog.Commit { return w.remote.Branch("main") }

// commit writes a commit on top of another, without any branch.
func (w *world) commit(on, person string, work forgetest.Work) string {
	c := gitrepotest.Change{Message: "Work of " + person, Write: work.Files, Author: work.Names, From: catalog.Commit(on)}
	if c.Author == "" {
		c.Author = person + " <" + person + "@home.example>"
	}
	for i, name := range work.With {
		if i == 0 {
			c.Message += "\n"
		}
		c.Message += "\nCo-authored-by: " + name
	}
	id := string(w.remote.Commit("scratch", c))
	w.remote.SetRef("refs/heads/scratch", "")
	return id
}

func num(id string) int {
	n, _ := strconv.Atoi(id)
	return n
}

// open opens a pull request of ada's.
func (w *world) open(files ...string) (string, catalog.Commit) {
	w.t.Helper()
	work := forgetest.Work{Files: map[string]string{}}
	for _, path := range files {
		work.Files[path] = "by ada\n"
	}
	head := w.commit(string(w.main()), "ada", work)
	id := w.hub.Open(githubtest.Pull{By: "ada", Title: "Change", Branch: "change-" + head[:8], Base: "main", Head: head})
	return strconv.Itoa(id), catalog.Commit(head)
}

func (w *world) push(id, person string, files ...string) catalog.Commit {
	work := forgetest.Work{Files: map[string]string{}}
	for _, path := range files {
		work.Files[path] = "by " + person + "\n"
	}
	head := w.commit(w.hub.Head(num(id)), person, work)
	w.hub.Push(num(id), person, head)
	return catalog.Commit(head)
}

func (w *world) change(id string) forge.Change {
	w.t.Helper()
	c, err := w.forge.Change(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) do(a forge.Action) forge.Receipt {
	w.t.Helper()
	r, err := w.forge.Do(w.t.Context(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// fails checks that an error wraps want and no other sentinel, or none where want is nil, has
// some words in it, and does not have the token.
func (w *world) fails(err, want error, words ...string) {
	w.t.Helper()
	if err == nil || want != nil && !errors.Is(err, want) {
		w.t.Fatalf("the error is %v, want %v", err, want)
	}
	for _, is := range []error{forge.ErrStale, forge.ErrRefused, forge.ErrUnknown, forge.ErrUnable} {
		if !errors.Is(is, want) && errors.Is(err, is) {
			w.t.Errorf("the error is %v, and means %v", err, is)
		}
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			w.t.Errorf("%q is not said in: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), canary) {
		w.t.Errorf("the error shows the token: %v", err)
	}
}

func land(id string, head catalog.Commit) forge.Action {
	return forge.Action{Change: id, Head: head, Land: &forge.Landing{Message: "Publish it"}}
}

func show(id string, head catalog.Commit, summary string, notes ...forge.Note) forge.Action {
	return forge.Action{Change: id, Head: head, Show: &forge.Verdict{State: forge.Pending, Title: "One approval is missing", Summary: summary, Notes: notes}}
}

// harness is the conformance suite's access to the world.
func (w *world) harness() *forgetest.Harness {
	who := func(person string) forge.Identity { return forge.Identity{Login: person} }
	states := map[catalog.Review]string{catalog.Approve: "APPROVED", catalog.Reject: "CHANGES_REQUESTED"}
	return &forgetest.Harness{
		Forge: w.forge, Base: "main", Unknown: "999", Who: who,
		Open: func(person, name string, work forgetest.Work) (string, catalog.Commit) {
			head := w.commit(string(w.main()), person, work)
			return strconv.Itoa(w.hub.Open(githubtest.Pull{By: person, Title: name, Branch: name, Base: "main", Head: head})), catalog.Commit(head)
		},
		Push: func(id, person string, work forgetest.Work) catalog.Commit {
			head := w.commit(w.hub.Head(num(id)), person, work)
			w.hub.Push(num(id), person, head)
			return catalog.Commit(head)
		},
		Rewrite: func(id, person string, work forgetest.Work) catalog.Commit {
			head := w.commit(string(w.main()), person, work)
			w.hub.ForcePush(num(id), person, head)
			return catalog.Commit(head)
		},
		Update: func(id, person string) catalog.Commit { return catalog.Commit(w.hub.Update(num(id), person)) },
		Direct: func(person string, work forgetest.Work) catalog.Commit {
			head := w.commit(string(w.main()), person, work)
			w.hub.Direct(person, "main", head)
			return catalog.Commit(head)
		},
		Close:  func(id string) { w.hub.Close(num(id)) },
		Reopen: func(id string) { w.hub.Reopen(num(id)) },
		Review: func(id, person string, s forgetest.Said) string {
			return strconv.FormatInt(w.hub.Review(num(id), person, states[s.Review], s.Text, string(s.Commit)), 10)
		},
		Protect: w.hub.Protect,
		Settle:  func() { w.hub.Pass(time.Minute) },
		History: func() []catalog.Commit {
			var line []catalog.Commit
			for id := range strings.FieldsSeq(w.remote.Git("rev-list", "--first-parent", "--reverse", "main")) {
				line = append(line, catalog.Commit(id))
			}
			return line
		},
		Read: func(commit catalog.Commit, path string) (string, bool) {
			out, err := w.remote.TryGit("cat-file", "blob", string(commit)+":"+path)
			return out, err == nil
		},
		Comments: func(id string) []forgetest.Posted {
			var list []forgetest.Posted
			for _, c := range w.hub.Comments(num(id)) {
				list = append(list, forgetest.Posted{ID: strconv.FormatInt(c.ID, 10), Text: c.Body})
			}
			return list
		},
		Command: func(id, person, text string) { w.hub.Comment(num(id), person, text) },
		Draft:   func(id string, draft bool) { w.hub.Draft(num(id), draft) },
		Asked: func(id string) []forge.Identity {
			var list []forge.Identity
			for _, login := range w.hub.Requested(num(id)) {
				list = append(list, who(login))
			}
			return list
		},
		Team: w.hub.Team,
		Status: func(commit catalog.Commit) (forge.State, string) {
			var last githubtest.Shown
			for _, s := range slices.Concat(w.hub.Checks(), w.hub.Statuses()) {
				if s.SHA == string(commit) && s.Name == "levee: applied" {
					last = s
				}
			}
			if last.State == "in_progress" {
				last.State = "pending"
			}
			return forge.State(last.State), last.Title
		},
	}
}

func TestForgeWithAToken(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness { return newWorld(t, asToken).harness() })
}

func TestForgeAsAnApp(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness { return newWorld(t, asApp).harness() })
}
