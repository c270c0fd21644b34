package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/transport"
)

// Options configure a Forge. Owner, Repo, Base and either App or Token are required;
// everything else has a default.
type Options struct {
	Owner, Repo string // as in owner/repo
	Base        string // the branch that changes are for

	// URL is the base of the REST API, by default https://api.github.com/. It has to be
	// https, except on localhost.
	URL string

	// App is the GitHub App to act as. Only an app can write check runs; with a Token,
	// verdicts are commit statuses.
	App *App

	// Token returns the token to use. It is called for each request.
	Token func(ctx context.Context) (string, error)

	// Merge is the merge method: "merge" (the default), "squash" or "rebase".
	Merge string

	// HTTP has the transport and the timeout to use, by default http.DefaultTransport and
	// 30 seconds. Redirects to other hosts are errors.
	HTTP *http.Client

	// Now is the clock and Sleep waits by it, by default the machine's.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// App is a GitHub App, installed where the repository is.
type App struct {
	ID, Installation int64
	Key              []byte // the private key, PEM
}

// Forge is a forge.Forge on a repository of GitHub. It is safe for concurrent use.
type Forge struct {
	owner, repo, base string
	merge             string
	appID             int64 // zero for a token
	client            *github.Client
	getApp            func(context.Context) (*github.App, error)                    // GET /app; nil for a token
	granted           func(context.Context) (github.InstallationPermissions, error) // what the installation gives; nil for a token
	redactor          *transport.Redactor
	now               func() time.Time

	commits  *lru.Cache[string, *commitFacts]
	trees    *lru.Cache[string, map[string]entry]
	pulls    *lru.Cache[string, *github.PullRequest] // the open ones, as Change read them last
	created  *lru.Cache[string, int64]               // ids of what this forge created or asked for: GitHub's lists show it with a delay
	captured *lru.Cache[string, capturedReview]

	mu    sync.Mutex          // guards self and heads, and the addition to captured
	self  string              // the login of the token or app; empty until selfLogin asked for it
	heads map[string][]string // the open pull requests by their heads, as they were listed last
}

var (
	_ forge.Forge = (*Forge)(nil)
	_ forge.Teams = (*Forge)(nil)
)

// New returns a Forge. It sends no request.
func New(o Options) (*Forge, error) {
	fail := func(format string, args ...any) (*Forge, error) {
		return nil, fmt.Errorf("use GitHub as forge: "+format, args...)
	}
	switch {
	case o.Owner == "" || o.Repo == "" || strings.Contains(o.Owner+o.Repo, "/"):
		return fail("%q/%q is no repository; name its owner and itself", o.Owner, o.Repo)
	case o.Base == "":
		return fail("name the branch that changes are for")
	case (o.App == nil) == (o.Token == nil):
		return fail("give it either an app or a token")
	}
	if o.Merge == "" {
		o.Merge = "merge"
	}
	if o.Merge != "merge" && o.Merge != "squash" && o.Merge != "rebase" {
		return fail("it cannot %q; choose merge, squash or rebase", o.Merge)
	}
	base, err := baseURL(o.URL)
	if err != nil {
		return fail("%w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	f := &Forge{
		owner: o.Owner, repo: o.Repo, base: o.Base, merge: o.Merge, now: o.Now,
		commits: newLRU[*commitFacts](20_000), trees: newLRU[map[string]entry](2_000), pulls: newLRU[*github.PullRequest](1_000),
		created: newLRU[int64](20_000), captured: newLRU[capturedReview](maxCaptured),
	}
	if err := f.connect(o, base); err != nil {
		return fail("%w", err)
	}
	return f, nil
}

func newLRU[V any](size int) *lru.Cache[string, V] {
	cache, err := lru.New[string, V](size)
	if err != nil {
		panic(err) // unreachable: it is only that a size is negative
	}
	return cache
}

// baseURL parses Options.URL; the result ends in a slash.
func baseURL(at string) (*url.URL, error) {
	if at == "" {
		at = "https://api.github.com/"
	}
	u, err := url.Parse(strings.TrimSuffix(at, "/") + "/")
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errors.New("its address is no URL, or has a password in it; it should be like https://github.example.com/api/v3")
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && (!local || u.Scheme != "http") {
		return nil, fmt.Errorf("%s is not https, and would show the token to everybody on the way", u.Host)
	}
	return u, nil
}

// sleep is the default of Options.Sleep.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Can implements forge.Forge.
func (f *Forge) Can() map[forge.Ability]bool {
	return map[forge.Ability]bool{forge.Comment: true, forge.Command: true, forge.Draft: true, forge.Ask: true, forge.Team: true, forge.Status: true}
}

// selfLogin returns the login of the token or app. It asks GitHub the first time.
func (f *Forge) selfLogin(ctx context.Context) (string, error) {
	f.mu.Lock()
	self := f.self
	f.mu.Unlock()
	if self != "" {
		return self, nil
	}
	if f.getApp != nil {
		app, err := f.getApp(ctx)
		if err != nil {
			return "", fmt.Errorf("ask which app this is: %w", err)
		}
		self = app.GetSlug() + "[bot]"
	} else {
		user, _, err := f.client.Users.Get(ctx, "")
		if err != nil {
			return "", fmt.Errorf("ask whose token this is: %w", err)
		}
		self = user.GetLogin()
	}
	if self == "" || self == "[bot]" {
		return "", errors.New("ask in whose name this acts: GitHub does not say")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.self = self
	return self, nil
}
