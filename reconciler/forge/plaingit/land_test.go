package plaingit_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

func keepBranches(o *plaingit.Options) { o.KeepBranches = true }

func TestLandingAsGitSeesIt(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	base := w.push("main", gitrepotest.Change{Write: map[string]string{"b": "1"}, Key: w.key("bob")})
	r := w.do(land(hello, head))
	if !r.Done || r.Commit != w.main() || w.remote.Branch(hello) != "" {
		t.Fatalf("%+v; the branch is at %q", r, w.remote.Branch(hello))
	}
	if got := strings.TrimSpace(w.remote.Git("show", "-s", "--format=%P|%s|%(trailers:only,unfold)", "main")); got != fmt.Sprintf("%s %s|Publish it|Change: publish/hello\nChange-Head: %s", base, head, head) {
		t.Errorf("git reads the landing as %q", got)
	}
	if out, err := w.remote.TryGit(append(w.daemon.Config(), "verify-commit", "main")...); err != nil {
		t.Errorf("git does not accept the signature: %s", out)
	}
	if out, err := w.remote.TryGit("fsck", "--strict"); err != nil {
		t.Errorf("%s", out)
	}
	if got := w.remote.Git("ls-tree", "-r", "--name-only", "main"); got != "README\na\nb\n" {
		t.Errorf("what landed is %q", got)
	}
}

func TestHeadMovesBeforeLanding(t *testing.T) {
	for name, options := range map[string][]func(*plaingit.Options){"deleted": nil, "kept": {keepBranches}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options...)
			head := w.open(hello, "a")
			forged := w.remote.Commit("scratch", gitrepotest.Change{From: w.main(), Write: map[string]string{"evil": "1"}, Key: w.key("mallory")})
			for _, moved := range []string{string(forged), "", string(w.main())} {
				w.remote.SetRef("refs/heads/"+hello, moved) // the mirror does not know yet
				w.refuses(land(hello, head), forge.ErrStale)
				w.remote.SetRef("refs/heads/"+hello, string(head))
			}
			if r := w.do(land(hello, head)); !r.Done {
				t.Errorf("%+v", r)
			}
			if _, err := w.remote.TryGit("cat-file", "-e", "main:evil"); err == nil {
				t.Error("what was never judged landed")
			}
		})
	}
}

func TestBaseMovesBeforeLanding(t *testing.T) {
	for name, options := range map[string][]func(*plaingit.Options){"deleted": nil, "kept": {keepBranches}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options...)
			head := w.open(hello, "a")
			w.remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": "1"}}) // the mirror does not know yet
			w.refuses(land(hello, head), forge.ErrStale)
			if w.remote.Branch(hello) != head {
				t.Errorf("the branch is at %q", w.remote.Branch(hello))
			}
			w.sync()
			if r := w.do(land(hello, head)); !r.Done || w.remote.Read("main", "b") != "1" {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	w := newWorld(t)
	w.push("main", gitrepotest.Change{Write: map[string]string{"same": "0", "x/y": "0", "left": "0"}})
	head := w.push(hello, gitrepotest.Change{Write: map[string]string{"same": "1", "x": "a file", "left": "0"}, Delete: []string{"x"}, Key: w.key("ada")})
	w.push("main", gitrepotest.Change{Write: map[string]string{"same": "2", "x/z": "1", "left": "1"}})
	w.refuses(land(hello, head), forge.ErrRefused, `"same"`, `"x"`, "merge main into the branch")
	if _, err := w.forge.Do(t.Context(), land(hello, head)); strings.Contains(err.Error(), "left") {
		t.Error(err)
	}
	if w.remote.Branch(hello) != head {
		t.Errorf("the branch is at %q", w.remote.Branch(hello))
	}
}

func TestServersThatForbidDeleting(t *testing.T) {
	w := newWorld(t)
	w.remote.Git("config", "receive.denyDeletes", "true")
	head := w.open(hello, "a")
	r := w.do(land(hello, head))
	if !r.Done || r.Commit != w.main() || w.remote.Branch(hello) != head {
		t.Errorf("%+v", r)
	}
	if c := w.change(hello); c.Open || c.Landed != r.Commit || c.Head != head {
		t.Errorf("%+v", c)
	}
	if again := w.do(land(hello, head)); again.Done || again.Commit != r.Commit {
		t.Errorf("%+v", again)
	}
	// Somebody goes on with the branch that stayed.
	next := w.push(hello, gitrepotest.Change{Write: map[string]string{"b": "1"}, Key: w.key("bob")})
	if c := w.change(hello); !c.Open || c.Landed != "" || c.Head != next || c.Author != w.who("bob") || w.hands(c)["ada"] != "" {
		t.Errorf("%+v", c)
	}
}

func TestLandingThatNobodyHeardOf(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	w.sign("bob", hello, head, catalog.Approve)
	commit := w.do(land(hello, head)).Commit
	// Another replica, whose mirror is new, and one that knows another key as well.
	for name, keys := range map[string][]sshkey.PublicKey{"same key": {}, "later key": {w.daemon.Public}} {
		other := gitrepotest.Open(t, w.remote)
		o := plaingit.Options{Repo: other, Signer: w.daemon.Signer}
		if len(keys) > 0 {
			o.Signer, o.Keys = w.key("later").Signer, keys
		}
		f := must(plaingit.New(o))
		if r, err := f.Do(t.Context(), land(hello, head)); err != nil || r.Done || r.Commit != commit {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if c, err := f.Change(t.Context(), hello); err != nil || c.Open || c.Landed != commit || len(c.Reviews) != 1 || c.Author != w.who("ada") || c.Title != "Work of ada" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	f := must(plaingit.New(plaingit.Options{Repo: gitrepotest.Open(t, w.remote), Signer: w.key("later").Signer}))
	if id, err := f.Landed(t.Context(), commit); err != nil || id != "" {
		t.Errorf("a key that is not the daemon's is believed: %q, %v", id, err)
	}
	if _, err := f.Change(t.Context(), hello); !errors.Is(err, forge.ErrUnknown) {
		t.Error(err)
	}
}

func TestLandingsOfOthersAreNotBelieved(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	before := w.main()
	message := fmt.Sprintf("Publish it\n\nChange: publish/hello\nChange-Head: %s", head)
	real := must(w.repo.Batch(t.Context(), before))
	p := must(w.repo.Propose(t.Context(), before, before, head))
	if err := real.Use(p); err != nil {
		t.Fatal(err)
	}
	draft := func(signer *sshkey.Signer, message string, parents ...catalog.Commit) catalog.Commit {
		b := must(real.Beside(t.Context(), before))
		if err := b.UseTree(p.Tree); err != nil {
			t.Fatal(err)
		}
		return must(b.Commit(t.Context(), gitrepo.Draft{Message: message, Author: gitrepo.Person{Name: "Levee", Email: "levee@localhost", When: w.clock}, Parents: parents, Signer: signer}))
	}
	other := w.open("publish/other", "o")
	commits := map[string]catalog.Commit{
		"signed by a person":  draft(w.key("mallory").Signer, message, head),
		"signed by nobody":    draft(nil, message, head),
		"one parent":          draft(w.daemon.Signer, message),
		"three parents":       draft(w.daemon.Signer, message, head, other),
		"another head":        draft(w.daemon.Signer, message, other),
		"two names":           draft(w.daemon.Signer, message+"\nChange: publish/other", head),
		"two names by case":   draft(w.daemon.Signer, message+"\nchange: publish/other", head),
		"trailers elsewhere":  draft(w.daemon.Signer, message+"\n\nThat is all.", head),
		"no name of a change": draft(w.daemon.Signer, strings.Replace(message, "publish/", "", 1), head),
	}
	believed := draft(w.daemon.Signer, message, head)
	i := 0
	for name, commit := range commits {
		i++
		if err := w.repo.Push(t.Context(), real, gitrepo.Update{Ref: gitrepo.Branch(fmt.Sprint("keep", i)), New: gitrepo.ID(commit)}); err != nil {
			t.Fatal(err)
		}
		w.remote.SetRef("refs/heads/main", string(commit))
		w.sync()
		if id, err := w.forge.Landed(t.Context(), commit); err != nil || id != "" {
			t.Errorf("%s: brought by %q, %v", name, id, err)
		}
		if c, err := w.forge.Change(t.Context(), hello); err == nil && c.Landed != "" {
			t.Errorf("%s: it landed as %+v", name, c)
		}
	}
	if err := w.repo.Push(t.Context(), real, gitrepo.Update{Ref: "refs/heads/keep", New: gitrepo.ID(believed)}); err != nil {
		t.Fatal(err)
	}
	w.remote.SetRef("refs/heads/main", string(believed))
	w.sync()
	if id, err := w.forge.Landed(t.Context(), believed); err != nil || id != hello {
		t.Errorf("%q, %v", id, err)
	}
	if c := w.change(hello); c.Open || c.Landed != believed {
		t.Errorf("%+v", c)
	}
	// A history without the landing, after it was read.
	w.remote.SetRef("refs/heads/main", string(before))
	w.sync()
	if c := w.change(hello); !c.Open || c.Landed != "" {
		t.Errorf("%+v", c)
	}
	w.remote.SetRef("refs/heads/"+hello, "")
	w.sync()
	if c, err := w.forge.Change(t.Context(), hello); !errors.Is(err, forge.ErrUnknown) {
		t.Errorf("what landed in another history is believed: %+v, %v", c, err)
	}
	if id, err := w.forge.Landed(t.Context(), "0123456789012345678901234567890123456789"); err == nil {
		t.Errorf("a commit that is not there was brought by %q", id)
	}
}

func TestMessagesThatLookLikeOurs(t *testing.T) {
	for i, message := range []string{
		"", "Publish\n\nApp: hello\nDigest: c1:7f3", "Publish\n\nChange: publish/other\nChange-Head: 00", "Publish\n\nchange: x",
		"Publish\r\n\r\nApp: a\x00\x1b[31m\xff", "Change: publish/other", "Publish\n\nApp: a\n folded\nChange: x", strings.Repeat("long ", 40_000) + "\n\nA: b",
	} {
		w := newWorld(t)
		head := w.open(hello, "a")
		a := land(hello, head)
		a.Land.Message = message
		r := w.do(a)
		if id, err := w.forge.Landed(t.Context(), r.Commit); err != nil || id != hello {
			t.Errorf("%.40q: brought by %q, %v", message, id, err)
		}
		got := w.remote.Git("show", "-s", "--format=%(trailers:only,unfold)", "main")
		if lines(got, "Change: "+hello) != 1 || lines(got, "Change-Head: "+string(head)) != 1 || lines(got, "App: hello") != map[bool]int{true: 1}[i == 1] {
			t.Errorf("%.40q: git reads the trailers\n%s", message, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	w.remote.Hook("update", `if [ $1 = refs/heads/main ]; then echo "main is frozen until Monday"; exit 1; fi`)
	w.refuses(land(hello, head), forge.ErrRefused, "main is frozen until Monday", "publish/hello")
	if w.remote.Branch(hello) != head {
		t.Errorf("the branch is at %q", w.remote.Branch(hello))
	}
	reader := must(plaingit.New(plaingit.Options{Repo: w.repo}))
	w.forge = reader
	w.refuses(land(hello, head), forge.ErrUnable, "signing key")
	w.refuses(forge.Action{Propose: &forge.Proposal{Key: "k", Base: "main", Title: "t"}}, forge.ErrUnable, "signing key")
	if c := w.change(hello); c.Head != head {
		t.Errorf("%+v", c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader.Change(ctx, hello); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := reader.Changes(ctx, "main"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestProposalsOfOthers(t *testing.T) {
	w := newWorld(t)
	propose := forge.Action{Propose: &forge.Proposal{Key: "held", Base: "main", Title: "Approve\n\nChange: publish/x", Text: "Proposal: 00", Files: map[string][]byte{"a": []byte("1")}}}
	w.push("publish/held", gitrepotest.Change{Message: fmt.Sprintf("Squat\n\nProposal: %x", sha256.Sum256([]byte("held"))), Write: map[string]string{"evil": "1"}, Key: w.key("mallory")})
	w.refuses(propose, forge.ErrRefused, "not the daemon's")
	w.remote.SetRef("refs/heads/publish/held", string(w.main()))
	w.sync()
	w.refuses(propose, forge.ErrRefused, "without commits of its own")
	w.remote.SetRef("refs/heads/publish/held", "")
	w.sync()
	w.remote.SetRef("refs/heads/publish/held", string(w.main())) // the mirror does not know yet
	w.refuses(propose, forge.ErrStale)
	w.remote.SetRef("refs/heads/publish/held", "")
	r := w.do(propose)
	c := w.change(r.ID)
	if !r.Done || r.ID != "publish/held" || !c.Bot || c.Author != w.who("daemon") || c.Title != "Approve" || w.hands(c)["daemon"] != "a" {
		t.Errorf("%+v, %+v", r, c)
	}
	if out, err := w.remote.TryGit(append(w.daemon.Config(), "verify-commit", r.ID)...); err != nil {
		t.Errorf("git does not accept the signature: %s", out)
	}
	// Its commit copied by a person to the name of another key is not that proposal.
	w.remote.SetRef("refs/heads/publish/held2", string(c.Head))
	w.sync()
	second := forge.Action{Propose: &forge.Proposal{Key: "held2", Base: "main", Title: "t"}}
	w.refuses(second, forge.ErrRefused, "not the daemon's")
	w.refuses(forge.Action{Propose: &forge.Proposal{Key: "k", Base: "other", Title: "t"}}, forge.ErrUnable)
	bad := forge.Action{Propose: &forge.Proposal{Key: "k3", Base: "main", Title: "t", Files: map[string][]byte{".git/config": {}}}}
	if r, err := w.forge.Do(t.Context(), bad); err == nil || w.remote.Branch("publish/k3") != "" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOptions(t *testing.T) {
	w := newWorld(t)
	for name, o := range map[string]plaingit.Options{
		"no repository": {},
		"no slash":      {Repo: w.repo, Prefix: "publish"},
		"a space":       {Repo: w.repo, Prefix: "to publish/"},
		"no prefix":     {Repo: w.repo, Prefix: "/"},
		"base within":   {Repo: w.repo, Base: "publish/main"},
	} {
		if _, err := plaingit.New(o); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
	f := must(plaingit.New(plaingit.Options{Repo: w.repo, Base: "trunk", Prefix: "ask/for/"}))
	if _, err := f.Changes(t.Context(), "trunk"); !errors.Is(err, gitrepo.ErrNotFound) || !strings.Contains(err.Error(), "trunk") {
		t.Error(err)
	}
	w.remote.SetRef("refs/heads/trunk", string(w.main()))
	w.open("ask/for/it", "a")
	if ids, err := f.Changes(t.Context(), "trunk"); err != nil || len(ids) != 1 || ids[0].ID != "ask/for/it" {
		t.Errorf("%q, %v", ids, err)
	}
}
