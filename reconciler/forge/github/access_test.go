package github_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
)

// TestAccess: what is missing is named, what GitHub does not tell is said to be untold, and asking
// writes nothing.
func TestAccess(t *testing.T) {
	for name, test := range map[string]struct {
		as   func(*github.Options)
		set  func(*world)
		want github.Access
	}{
		"app":          {asApp, func(*world) {}, github.Access{Login: "levee[bot]"}},
		"app lacks":    {asApp, func(w *world) { w.hub.Grant("checks", ""); w.hub.Grant("contents", "read") }, github.Access{Login: "levee[bot]", Missing: []string{"checks: write", "contents: write"}}},
		"fine-grained": {asToken, func(*world) {}, github.Access{Login: "levee-daemon", Untold: "GitHub does not say what a fine-grained token may do"}},
		"classic":      {asToken, func(w *world) { w.hub.Scopes("repo, read:org") }, github.Access{Login: "levee-daemon"}},
		"no scope":     {asToken, func(w *world) { w.hub.Scopes("read:org") }, github.Access{Login: "levee-daemon", Missing: []string{"the scope repo"}}},
		"only reads": {asToken, func(w *world) { w.hub.Scopes("repo"); w.hub.Stranger("levee-daemon") },
			github.Access{Login: "levee-daemon", Missing: []string{"write access to the repository"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.as)
			test.set(w)
			got, err := w.forge.Access(t.Context())
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			for _, r := range w.hub.Requests() {
				if r.Method != "GET" && !strings.HasSuffix(r.Path, "/access_tokens") {
					t.Errorf("it asked for %s %s", r.Method, r.Path)
				}
			}
		})
	}
}

// TestNoAccess: credentials that are refused are told from a GitHub that is away.
func TestNoAccess(t *testing.T) {
	for name, options := range map[string]func(*github.Options){
		"a token that was revoked": func(o *github.Options) {
			asToken(o)
			o.Token = func(context.Context) (string, error) { return "ghp_revoked", nil }
		},
		"another repository":   func(o *github.Options) { asToken(o); o.Repo = "other" },
		"no such installation": func(o *github.Options) { asApp(o); o.App.Installation = 78 },
	} {
		if _, err := newWorld(t, options).forge.Access(t.Context()); !errors.Is(err, forge.ErrRefused) || strings.Contains(err.Error(), "ghp_") {
			t.Errorf("%s: %v", name, err)
		}
	}
	away := newWorld(t, func(o *github.Options) { asToken(o); o.URL = "http://127.0.0.1:1/" })
	if _, err := away.forge.Access(t.Context()); err == nil || errors.Is(err, forge.ErrRefused) {
		t.Errorf("away it is %v", err)
	}
}
