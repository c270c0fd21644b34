package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// draft makes a batch of one commit that writes one file.
func draft(t *testing.T, repo *gitrepo.Repo, on catalog.Commit, path, content string) (*gitrepo.Batch, catalog.Commit) {
	t.Helper()
	b, err := repo.Batch(t.Context(), on)
	if err == nil {
		err = b.Put(path, catalog.File, []byte(content))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b, must(b.Commit(t.Context(), gitrepo.Draft{Message: "write " + path, Author: bot}))
}

// TestRace lets two mirrors append to one branch. Every append lands once, and
// whoever loses is told so.
func TestRace(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	const each = 8
	var stale atomic.Int32
	var wg sync.WaitGroup
	for who := range 2 {
		repo := gitrepotest.Open(t, remote)
		wg.Go(func() {
			for i := range each {
				for {
					if _, err := repo.Fetch(t.Context()); err != nil {
						t.Error(err)
						return
					}
					tip := catalog.Commit(must(repo.Tip("refs/heads/main")))
					b, id := draft(t, repo, tip, fmt.Sprintf("%d/%d", who, i), "x")
					err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id))
					if err == nil {
						break
					}
					if !errors.Is(err, gitrepo.ErrStale) {
						t.Errorf("an unexpected failure: %v", err)
						return
					}
					stale.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if got := strings.Count(remote.Git("rev-list", "main"), "\n"); got != 2*each+1 {
		t.Errorf("main has %d commits", got)
	}
	if got := len(lsTree(remote, "main")); got != 2*each+1 {
		t.Errorf("main has %d files", got)
	}
	t.Logf("%d pushes lost a race", stale.Load())
}

// TestRaceInsideTheServer loses the race after the server said where its refs
// are: a hook moves the ref while the push is under way.
func TestRaceInsideTheServer(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	other := remote.Commit("other", gitrepotest.Change{From: first, Write: map[string]string{"b": "2"}})
	repo := gitrepotest.Open(t, remote)
	// The update hook runs before the ref is locked. Its environment hides the
	// objects that are being pushed; the other commit is not one of them.
	remote.Hook("update", "env -u GIT_QUARANTINE_PATH git update-ref refs/heads/main "+string(other))
	b, id := draft(t, repo, first, "c", "3")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", first, id)); !errors.Is(err, gitrepo.ErrStale) {
		t.Errorf("push: %v", err)
	}
	if got := remote.Branch("main"); got != other {
		t.Errorf("main is at %s", got)
	}
	if _, err := repo.Commit(t.Context(), id); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("the mirror has the commit that did not land: %v", err)
	}
}

func TestRejected(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)
	remote.Hook("pre-receive", `printf 'main is protected\n\033[31mby \342\200\256rule 7\n' >&2; exit 1`)
	b, id := draft(t, repo, first, "c", "3")
	err := repo.Push(t.Context(), b, gitrepo.Advance("main", first, id))
	if !errors.Is(err, gitrepo.ErrRejected) || errors.Is(err, gitrepo.ErrStale) {
		t.Fatalf("push: %v", err)
	}
	if !strings.Contains(err.Error(), "main is protected [31mby rule 7") || strings.ContainsAny(err.Error(), "\033\n\u202e") {
		t.Errorf("the reason is %q", err)
	}
	if got := remote.Branch("main"); got != first {
		t.Errorf("main is at %s", got)
	}
	if got := must(repo.Tip("refs/heads/main")); got != gitrepo.ID(first) {
		t.Errorf("the mirror's main is at %s", got)
	}
	remote.Hook("pre-receive", "")
	remote.Git("config", "receive.denyNonFastForwards", "true")
	b, id = draft(t, repo, "", "c", "3")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", first, id)); !errors.Is(err, gitrepo.ErrRejected) {
		t.Errorf("push of another history: %v", err)
	}
}

func TestSeveralRefs(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	remote.SetRef("refs/heads/old", string(first))
	repo := gitrepotest.Open(t, remote)
	b, id := draft(t, repo, first, "c", "3")
	tag := must(b.Tag(id, gitrepo.TagDraft{Name: "v1", Message: "one", Tagger: bot}))
	all := []gitrepo.Update{
		gitrepo.Advance("main", first, id),
		{Ref: "refs/tags/v1", New: tag},
		{Ref: "refs/heads/old", Old: gitrepo.ID(first)},
		{Ref: "refs/outside/x", New: gitrepo.ID(id)},
	}
	// One refused ref stops all of them.
	remote.Hook("update", `test "$1" != refs/tags/v1`)
	if err := repo.Push(t.Context(), b, all...); !errors.Is(err, gitrepo.ErrRejected) {
		t.Fatalf("push: %v", err)
	}
	if remote.Branch("main") != first || remote.Ref("refs/heads/old") == "" {
		t.Fatal("a part of the push happened")
	}
	remote.Hook("update", "")
	if err := repo.Push(t.Context(), b, all...); err != nil {
		t.Fatal(err)
	}
	if remote.Branch("main") != id || remote.Ref("refs/tags/v1") != string(tag) || remote.Ref("refs/heads/old") != "" || remote.Ref("refs/outside/x") != string(id) {
		t.Error("the refs are not where they were pushed")
	}
	if _, err := repo.Tip("refs/heads/old"); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a deleted branch: %v", err)
	}
	if _, err := repo.Tip("refs/outside/x"); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a ref that is not mirrored: %v", err)
	}
	if got := must(repo.Peel(t.Context(), must(repo.Tip("refs/tags/v1")))); got != id {
		t.Errorf("the tag leads to %s", got)
	}
	if moves := must(repo.Fetch(t.Context())); len(moves) != 0 {
		t.Errorf("the mirror was behind: %v", moves)
	}
	// Refs alone: nothing is sent.
	if err := repo.Push(t.Context(), nil, gitrepo.Update{Ref: "refs/heads/copy", New: gitrepo.ID(id)}); err != nil {
		t.Error(err)
	}
	if err := repo.Push(t.Context(), nil, gitrepo.Update{Ref: "refs/heads/copy", Old: gitrepo.ID(id)}); err != nil {
		t.Error(err)
	}
	for _, u := range [][]gitrepo.Update{nil, {{Ref: "refs/heads/x"}}, {{Ref: "refs/../x", New: tag}}, {{Ref: "HEAD", New: tag}}, {{Ref: "refs/heads/x", New: "zz"}}} {
		if err := repo.Push(t.Context(), nil, u...); err == nil {
			t.Errorf("push of %v happened", u)
		}
	}
}

// TestPushSendsOnlyTheBatch counts what a push sends over a long history.
func TestPushSendsOnlyTheBatch(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	ids := remote.Linear("main", 5000)
	tip := ids[len(ids)-1]
	repo := gitrepotest.Open(t, remote)
	// What arrives is kept as single files, which can be counted.
	remote.Git("config", "receive.unpackLimit", "100000")
	before := loose(t, remote)
	b, id := draft(t, repo, tip, "dir-1/new", "x")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
		t.Fatal(err)
	}
	// A commit, the root, one folder, one file.
	if got := loose(t, remote) - before; got != 4 || b.Len() != 4 {
		t.Errorf("the push sent %d objects of a batch of %d", got, b.Len())
	}
}

func loose(t *testing.T, r *gitrepotest.Remote) int {
	var n int
	if _, err := fmt.Sscanf(r.Git("count-objects", "-v"), "count: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPushFailsInTheDark(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)
	b, id := draft(t, repo, first, "c", "3")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := repo.Push(ctx, b, gitrepo.Advance("main", first, id))
	if !errors.Is(err, context.Canceled) || errors.Is(err, gitrepo.ErrStale) || errors.Is(err, gitrepo.ErrRejected) {
		t.Errorf("a cancelled push: %v", err)
	}
	// A batch on something that the remote lost.
	lost := remote.Commit("lost", gitrepotest.Change{From: first, Write: map[string]string{"l": "1"}})
	must(repo.Fetch(t.Context()))
	b, id = draft(t, repo, lost, "c", "3")
	remote.SetRef("refs/heads/lost", "")
	remote.Git("prune", "--expire=now")
	err = repo.Push(t.Context(), b, gitrepo.Advance("main", first, id))
	if err == nil || errors.Is(err, gitrepo.ErrStale) {
		t.Errorf("a push without its history: %v", err)
	}
	if got := remote.Branch("main"); got != first {
		t.Errorf("main is at %s", got)
	}
}

// TestTalkativeHooks pushes to a server that has much to say before and after the
// refs moved, and to one whose hook leaves a process behind.
func TestTalkativeHooks(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	repo := gitrepotest.Open(t, remote)
	remote.Hook("pre-receive", "head -c 300000 /dev/zero | tr '\\0' x")
	remote.Hook("post-receive", "head -c 300000 /dev/zero | tr '\\0' x; sleep 0.2; touch hooked")
	tip := remote.Branch("main")
	b, id := draft(t, repo, tip, "c", "3")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(remote.Dir, "hooked")); err != nil {
		t.Errorf("the hook was cut off: %v", err)
	}
	remote.Hook("pre-receive", "exit 0")
	remote.Hook("post-receive", "sleep 20 &")
	b, next := draft(t, repo, id, "d", "4")
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := repo.Push(ctx, b, gitrepo.Advance("main", id, next)); err != nil {
		t.Errorf("the refs moved, but the push says %v", err)
	}
	if got := must(repo.Tip("refs/heads/main")); got != gitrepo.ID(next) {
		t.Errorf("the mirror is at %s", got)
	}
}
