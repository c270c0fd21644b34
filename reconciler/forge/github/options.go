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

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Options say which repository changes are in and in whose name this forge acts.
// Owner, Repo, Base and either App or Token are needed; the zero value of
// everything else is a sensible choice.
type Options struct {
	Owner, Repo string // as in owner/repo
	Base        string // the branch that changes are for

	// URL is where the interface is, by default GitHub's own. It has to be https,
	// but on the machine itself.
	URL string

	// App is the GitHub App to act as. Only an app can write check runs; with a
	// Token instead, verdicts are commit statuses.
	App *App

	// Token returns the token to use, each time one is needed.
	Token func(ctx context.Context) (string, error)

	// Merge is how changes land: "merge" (the default), "squash" or "rebase".
	Merge string

	// HTTP makes the requests, by default with a timeout of 30 seconds. Its own
	// redirects are not followed to other hosts.
	HTTP *http.Client

	// Now is the clock, by default the machine's, and Sleep waits by it.
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
	who               func(context.Context) (*github.App, error) // of an app
	line              *line
	now               func() time.Time

	mu       sync.Mutex
	self     string // our own login, once asked for
	commits  map[string]*commitFacts
	trees    map[string]map[string]entry
	captured *memory
	written  map[string]int64 // what we made, for the time in which lists lack it
}

var (
	_ forge.Forge = (*Forge)(nil)
	_ forge.Teams = (*Forge)(nil)
)

// New makes a forge. It makes no request yet.
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
	base, err := address(o.URL)
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
		commits: map[string]*commitFacts{}, trees: map[string]map[string]entry{}, captured: newMemory(), written: map[string]int64{},
	}
	if err := f.connect(o, base); err != nil {
		return fail("%w", err)
	}
	return f, nil
}

// address is the base of the interface, ending in a slash.
func address(at string) (*url.URL, error) {
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

// sleep waits by the machine's clock.
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
	return map[forge.Ability]bool{forge.Comment: true, forge.Command: true, forge.Draft: true, forge.Ask: true, forge.Team: true}
}

// me is the login under which this forge writes.
func (f *Forge) me(ctx context.Context) (string, error) {
	f.mu.Lock()
	self := f.self
	f.mu.Unlock()
	if self != "" {
		return self, nil
	}
	if f.who != nil {
		app, err := f.who(ctx)
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
