package gitrepo_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestMayPush: who may read may not therefore push, and asking pushes nothing.
func TestMayPush(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	before := remote.Git("for-each-ref")
	repo, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir)})
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	if err := repo.MayPush(t.Context()); err != nil {
		t.Errorf("it may not push: %v", err)
	}
	f.mu.Lock()
	f.respond = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("service") != "git-receive-pack" {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	f.mu.Unlock()
	if _, err := repo.Fetch(t.Context()); err != nil {
		t.Errorf("it may not read: %v", err)
	}
	if err := repo.MayPush(t.Context()); !errors.Is(err, gitrepo.ErrUnauthorized) {
		t.Errorf("who may only read is told %v", err)
	}
	if after := remote.Git("for-each-ref"); after != before {
		t.Errorf("asking moved refs:\n%s", after)
	}
}

// TestMayPushHere: a repository on this machine is pushed to where its folders can be written to,
// which the superuser always can.
func TestMayPushHere(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	repo := gitrepotest.Open(t, remote)
	if err := repo.MayPush(t.Context()); err != nil {
		t.Errorf("it may not push: %v", err)
	}
	objects := filepath.Join(remote.Dir, "objects")
	if err := os.Chmod(objects, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(objects, 0o755)
	if err := repo.MayPush(t.Context()); errors.Is(err, gitrepo.ErrUnauthorized) != (os.Geteuid() != 0) {
		t.Errorf("with a folder that nobody may write to it is told %v", err)
	}
}
