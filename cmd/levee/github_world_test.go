package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// A hubWorld is a world whose changes are pull requests on a server that stands in
// for GitHub.
type hubWorld struct {
	*world
	hub *githubtest.Server
}

// An identity is how the daemon shows itself to GitHub, and what that makes of its
// verdicts. login is the name it writes under.
type identity struct {
	name, login string
	enter       func(w *hubWorld) (config string)
	gate        func(w *hubWorld) []githubtest.Shown
}

// asToken acts with a token, asApp as an App: the two ways to use the interface.
var (
	asToken = identity{
		name: "token", login: "levee",
		enter: func(w *hubWorld) string {
			w.t.(*testing.T).Setenv("LEVEE_GITHUB_TOKEN", hubToken)
			w.hub.Account("levee", "levee@example.com")
			w.hub.Token("levee", hubToken)
			return ""
		},
		gate: func(w *hubWorld) []githubtest.Shown { return w.hub.Statuses() },
	}
	asApp = identity{
		name: "app", login: "levee[bot]",
		enter: func(w *hubWorld) string {
			w.hub.App("levee", 7, 77, &appKey().PublicKey)
			w.write("github-app.pem", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(appKey())})))
			return ", app: {id: 7, installation: 77}"
		},
		gate: func(w *hubWorld) []githubtest.Shown { return w.hub.Checks() },
	}
)

const hubToken = "ghp_canary8Xk2mW5tZ1"

// appKey is made once: it takes long, and nothing here depends on it.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// onHub puts a world that was founded on GitHub. Waiting for GitHub's limits takes no
// time but by the clock.
func onHub(w *world, as identity, settings string) *hubWorld {
	w.t.Helper()
	h := &hubWorld{world: w}
	w.sleep = func(ctx context.Context, d time.Duration) error {
		h.later(d)
		return ctx.Err()
	}
	h.hub = githubtest.New(w.t, githubtest.Options{Dir: w.remote.Dir, Now: h.now})
	for _, p := range people {
		h.hub.Account(p, p+"@example.com")
	}
	app := as.enter(h)
	w.write("levee.yaml", w.read("levee.yaml")+fmt.Sprintf("forge: {kind: github, repository: acme/catalog, url: %q%s}\n%s", h.hub.URL, app, settings))
	return h
}

// commit writes a commit that no branch points to.
func (w *hubWorld) commit(from, person string, files map[string]string) string {
	w.t.Helper()
	c := gitrepotest.Change{When: w.clock, From: w.remote.Branch("main"), Author: person + " <" + person + "@example.com>", Write: map[string]string{}}
	if from != "" {
		c.From = w.remote.Branch(from)
	}
	for p, content := range files {
		if content == "" {
			c.Delete = append(c.Delete, p)
		} else {
			c.Write[p] = content
		}
	}
	sha := w.remote.Commit("scratch", c)
	w.remote.SetRef("refs/heads/scratch", "")
	return string(sha)
}

// propose opens a pull request that starts at main.
func (w *hubWorld) propose(person, branch string, files map[string]string) int {
	w.t.Helper()
	return w.hub.Open(githubtest.Pull{By: person, Title: "Work on " + branch, Branch: branch, Base: "main", Head: w.commit("", person, files)})
}

// pushTo adds a commit to a pull request.
func (w *hubWorld) pushTo(number int, person, branch string, files map[string]string) {
	w.t.Helper()
	w.hub.Push(number, person, w.commit(branch, person, files))
}

// comment is the one comment on a pull request that shows the verdict.
func (w *hubWorld) comment(number int) string {
	w.t.Helper()
	found := ""
	for _, c := range w.hub.Comments(number) {
		if body, ok := strings.CutPrefix(c.Body, "<!-- levee:verdict -->\n"); ok {
			if found != "" {
				w.t.Errorf("#%d has more than one comment with a verdict", number)
			}
			found = body
		}
	}
	if found == "" {
		w.t.Errorf("#%d has no comment with a verdict: %+v", number, w.hub.Comments(number))
	}
	return found
}

// told lists the other comments of ours, without their marks.
func (w *hubWorld) told(number int) []string {
	w.t.Helper()
	var list []string
	for _, c := range w.hub.Comments(number) {
		if strings.HasPrefix(c.Body, "<!-- levee:tell:") {
			_, text, _ := strings.Cut(c.Body, "\n")
			list = append(list, text)
		}
	}
	return list
}
