package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/history"
	"github.com/levee-gitops/levee/reconciler/forge/github/pulls"
	"github.com/levee-gitops/levee/reconciler/forge/github/reviews"
	"github.com/levee-gitops/levee/reconciler/forge/github/transport"
	"github.com/levee-gitops/levee/reconciler/forge/github/verdict"
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
	repository *api.Repository
	account    *api.Account
	redactor   *transport.Redactor

	// What is read.
	pulls    *pulls.Pulls
	history  *history.History
	captured *reviews.Captures
	reviews  *reviews.Reader

	// What is written.
	checks    *verdict.Checks
	comments  *verdict.Comments
	requests  *pulls.Requests
	merges    *pulls.Merges
	proposals *pulls.Proposals
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
	r := &api.Repository{Client: c.client, Owner: o.Owner, Name: o.Repo, Base: o.Base}
	f := &Forge{
		repository: r, account: c.account, redactor: c.redactor,
		pulls: pulls.New(r), history: history.New(r), captured: reviews.NewCaptures(),
	}
	created := api.NewLRU[int64](20_000) // ids of what this forge created or asked for: GitHub's lists show it with a delay
	f.reviews = reviews.NewReader(r, f.captured)
	f.checks = verdict.NewChecks(r, f.account, c.appID)
	f.comments = verdict.NewComments(r, f.account, created)
	f.requests = pulls.NewRequests(f.pulls, created)
	f.merges = pulls.NewMerges(f.pulls, created, o.Merge, o.Now)
	f.proposals = pulls.NewProposals(r, f.account, f.history, created)
	return f, nil
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
