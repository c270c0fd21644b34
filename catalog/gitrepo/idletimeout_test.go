package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestIdleTimeout: a server that takes a request and says nothing more holds nobody up. One
// that is slow, and goes on talking, is listened to.
func TestIdleTimeout(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir), IdleTimeout: time.Second})
	tip := remote.Branch("main")
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": "1"}})
	b, id := draft(t, repo, tip, "c", "3")
	over := make(chan struct{})
	defer close(over)
	hang := func(r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}
	for name, respond := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"at once": func(_ http.ResponseWriter, r *http.Request) bool { hang(r); return true },
		"in the list of refs": func(w http.ResponseWriter, r *http.Request) bool {
			for _, line := range []string{"# service=" + r.FormValue("service") + "\n", "", string(tip) + " refs/heads/main\x00report-status\n"} {
				fmt.Fprintf(w, "%04x%s", (len(line)+4)*min(len(line), 1), line)
			}
			w.(http.Flusher).Flush()
			hang(r)
			return true
		},
		"in the answer": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				fmt.Fprint(w, "0008NAK\n"[:4])
				w.(http.Flusher).Flush()
				hang(r)
			}
			return r.Method == http.MethodPost
		},
	} {
		f.mu.Lock()
		f.respond = respond
		f.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		for what, try := range map[string]func() error{
			"fetch": func() error { _, err := repo.Fetch(ctx); return err },
			"push":  func() error { return repo.Push(ctx, b, gitrepo.Update{Ref: "refs/heads/side", New: gitrepo.ID(id)}) },
		} {
			err := try()
			if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, gitrepo.ErrStale) || !strings.Contains(err.Error(), "says nothing") {
				t.Errorf("%s, silent %s: %v", what, name, err)
			}
		}
		cancel()
	}
	f.mu.Lock()
	f.respond = func(w http.ResponseWriter, r *http.Request) bool {
		time.Sleep(200 * time.Millisecond)
		return false
	}
	f.mu.Unlock()
	must(repo.Fetch(t.Context()))
	if err := repo.Push(t.Context(), b, gitrepo.Advance("side", "", id)); err != nil {
		t.Error(err)
	}
	checkMirror(t, repo, remote)
}
