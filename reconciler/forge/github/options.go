package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

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
	repository *repository
	account    *account
	redactor   *transport.Redactor
	now        func() time.Time

	// What is read.
	pulls    *pulls
	history  *history
	captured *captures
	reviews  *reviewReader

	// What is written.
	checks    *checks
	comments  *comments
	requests  *reviewRequests
	merges    *merges
	proposals *proposals
	created   *lru.Cache[string, int64] // ids of what this forge created or asked for: GitHub's lists show it with a delay
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
	c, err := connect(o, base)
	if err != nil {
		return fail("%w", err)
	}
	r := &repository{client: c.client, owner: o.Owner, name: o.Repo, base: o.Base}
	f := &Forge{
		repository: r, account: c.account, redactor: c.redactor, now: o.Now,
		pulls: newPulls(r), history: newHistory(r), captured: newCaptures(), created: newLRU[int64](20_000),
	}
	f.reviews = &reviewReader{r, f.captured}
	f.checks = &checks{r, f.account, c.appID}
	f.comments = &comments{r, f.account, f.created}
	f.requests = &reviewRequests{r, f.pulls, f.created}
	f.merges = &merges{r, f.pulls, f.created, o.Merge}
	f.proposals = &proposals{r, f.account, f.history, f.created}
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
