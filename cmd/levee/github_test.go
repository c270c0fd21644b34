package main

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// TestGitHub is the main job with pull requests over HTTP: judged, explained,
// approved by an ordinary review, merged, admitted, applied, proved.
func TestGitHub(t *testing.T) {
	t.Setenv("LEVEE_GITHUB_TOKEN", "secret-token")
	w := newWorld(t, "board")
	server := githubtest.New(t, githubtest.Options{Dir: w.remote.Dir, Now: func() time.Time { return w.clock }})
	for _, p := range people {
		server.Account(p, p+"@example.com")
	}
	server.Account("levee", "levee@example.com")
	server.Token("levee", "secret-token")
	w.write("levee.yaml", w.read("levee.yaml")+"forge: {kind: github, repository: acme/catalog, url: "+server.URL+"}\nmergeWhenApproved: true\n")
	w.pass()
	w.wantRuns("production", "board=1.0.0")

	propose := func(branch string, replace ...string) int {
		sha := w.remote.Commit(branch+"-made", gitrepotest.Change{When: w.clock, From: w.remote.Branch("main"), Author: "ana <ana@example.com>", Write: map[string]string{boardPath("board"): boardFile("board", replace...)}})
		w.remote.Git("update-ref", "-d", "refs/heads/"+branch+"-made")
		return server.Open(githubtest.Pull{By: "ana", Title: "Board", Branch: branch, Base: "main", Head: string(sha)})
	}
	number := propose("people", medium("1.1.0")...)
	w.pass()
	comments := server.Comments(number)
	if len(comments) != 1 || !strings.Contains(comments[0].Body, "Waiting for approval by product-owner") {
		t.Errorf("comments: %+v", comments)
	}
	if asked := server.Requested(number); len(asked) != 1 || asked[0] != "ben" {
		t.Errorf("asked for a review: %v", asked)
	}
	writes := server.Writes()
	w.pass()
	if now := server.Writes(); now != writes {
		t.Errorf("a pass in which nothing changed wrote %d times", now-writes)
	}
	w.clock = w.clock.Add(5 * time.Minute)
	server.Review(number, "ben", "APPROVED", "fine", "")
	w.pass()
	w.wantSaid("success", "landed as")
	w.wantRuns("staging", "board=1.1.0")
	w.clock = w.clock.Add(11 * time.Minute)
	w.pass()
	w.wantRuns("production", "board=1.1.0")
	if out := w.read("levee.yaml"); strings.Contains(out, "secret-token") {
		t.Error("the token is in a file")
	}
	w.wantAudit()
}
