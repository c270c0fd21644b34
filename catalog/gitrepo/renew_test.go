package gitrepo_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// noise is text that no compression makes smaller.
func noise(kib int) string {
	source := rand.NewChaCha8([32]byte{byte(kib)})
	raw := make([]byte, kib<<10)
	_, _ = source.Read(raw) // never fails
	return string(raw)
}

// wholeClone reports whether a request asks for objects and has none.
func wholeClone(r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
		return false
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return !bytes.Contains(body, []byte("have "))
}

// overgrown is a mirror that has grown beyond its limits, but not far, of a forge whose
// answers are made by a function from then on; false leaves them to git.
func overgrown(t *testing.T, respond func(w http.ResponseWriter, r *http.Request) bool) (*gitrepo.Repo, *gitrepotest.Remote, string) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	dir := t.TempDir()
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: dir, Remote: f.URL + "/" + filepath.Base(remote.Dir), MaxBytes: 30 << 10})
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"large": noise(40)}})
	must(repo.Fetch(t.Context()))
	f.mu.Lock()
	f.respond = respond
	f.mu.Unlock()
	return repo, remote, dir
}

func link(dir string) string { return must(os.Readlink(filepath.Join(dir, "mirror.git"))) }

// TestRenewedBeside: while an overgrown mirror is built again, fetches bring what is new,
// pushes land, and nobody waits; from the next fetch on the new one is used.
func TestRenewedBeside(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	repo, remote, dir := overgrown(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if !wholeClone(r) {
			return false
		}
		close(asked)
		<-answer
		return false
	})
	before := link(dir)
	moved := func(branch string) {
		t.Helper()
		tip := remote.Commit(branch, gitrepotest.Change{Write: map[string]string{"f": branch}})
		moves := must(repo.Fetch(t.Context()))
		if len(moves) != 1 || moves[0].New != gitrepo.ID(tip) {
			t.Errorf("after %s moved, the moves are %v", branch, moves)
		}
	}
	moved("one")
	<-asked
	moved("two")
	tip := remote.Branch("main")
	b, id := draft(t, repo, tip, "pushed", "3")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
		t.Fatal(err)
	}
	if link(dir) != before {
		t.Error("the mirror was swapped before it was there")
	}
	close(answer)
	last := remote.Commit("two", gitrepotest.Change{Write: map[string]string{"f": "last"}})
	var moves []gitrepo.Move
	for end := time.Now().Add(time.Minute); link(dir) == before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the mirror is never swapped")
		}
		moves = append(moves, must(repo.Fetch(t.Context()))...)
	}
	if len(moves) != 1 || moves[0].New != gitrepo.ID(last) {
		t.Errorf("the moves until then are %v", moves)
	}
	if got := must(repo.Tip("refs/heads/main")); got != gitrepo.ID(id) {
		t.Errorf("main is at %s", got)
	}
	checkMirror(t, repo, remote)
	checkSwept(t, dir)
	moved("three")
}

// TestRenewalEndsWithTheMirror: to close the mirror waits for nothing that a server does not
// answer, and leaves nothing half built.
func TestRenewalEndsWithTheMirror(t *testing.T) {
	asked, end := make(chan struct{}), make(chan struct{})
	defer close(end)
	repo, _, dir := overgrown(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if !wholeClone(r) {
			return false
		}
		close(asked)
		<-end
		return true
	})
	must(repo.Fetch(t.Context()))
	<-asked
	if err := repo.Close(); err != nil {
		t.Error(err)
	}
	checkSwept(t, dir)
}

// TestRenewalFails: where the mirror cannot be built again, fetches go on with what there
// is, and it is not tried with each of them; far beyond its limits the mirror is built by the
// fetch itself, which says so.
func TestRenewalFails(t *testing.T) {
	var clones atomic.Int64
	repo, remote, dir := overgrown(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !wholeClone(r) {
			return false
		}
		clones.Add(1)
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	for range 5 {
		remote.Commit("side", gitrepotest.Change{From: remote.Branch("main"), Write: map[string]string{"f": noise(1)}})
		must(repo.Fetch(t.Context()))
		time.Sleep(20 * time.Millisecond)
	}
	if n := clones.Load(); n != 1 {
		t.Errorf("it was tried %d times", n)
	}
	checkMirror(t, repo, remote)
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"larger": noise(41)}})
	must(repo.Fetch(t.Context()))
	if _, err := repo.Fetch(t.Context()); err == nil || clones.Load() != 2 {
		t.Errorf("far beyond its limits, after %d clones: %v", clones.Load(), err)
	}
	checkSwept(t, dir)
}

// TestRenewalIsNotTakenOver: where the mirror was built again but what came since cannot be
// brought to it, fetches go on with what there is, and it is not built with each of them.
func TestRenewalIsNotTakenOver(t *testing.T) {
	var clones atomic.Int64
	var refuse atomic.Bool // the next exchange
	repo, remote, _ := overgrown(t, func(w http.ResponseWriter, r *http.Request) bool {
		if wholeClone(r) {
			clones.Add(1)
		}
		if clones.Load() > 0 && strings.HasSuffix(r.URL.Path, "/info/refs") && refuse.Swap(false) {
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		return false
	})
	must(repo.Fetch(t.Context()))
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		refuse.Store(clones.Load() > 0)
		_, err := repo.Fetch(t.Context())
		if err == nil && clones.Load() > 0 && !refuse.Load() {
			break // what had been built was refused, and the fetch went on without it
		}
		if time.Now().After(end) {
			t.Fatal("the mirror is never built again")
		}
	}
	for range 5 {
		remote.Commit("side", gitrepotest.Change{From: remote.Branch("main"), Write: map[string]string{"f": noise(1)}})
		must(repo.Fetch(t.Context()))
		time.Sleep(20 * time.Millisecond)
	}
	if n := clones.Load(); n != 1 {
		t.Errorf("it was built %d times", n)
	}
	checkMirror(t, repo, remote)
}
