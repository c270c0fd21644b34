package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
)

// connect lays the parts of the line on each other: what go-github asks passes the
// cache, waits for its turn, gets its credentials and goes to the one host.
func (f *Forge) connect(o Options, base *url.URL) error {
	bottom, timeout := http.DefaultTransport, 30*time.Second
	if o.HTTP != nil {
		if o.HTTP.Transport != nil {
			bottom = o.HTTP.Transport
		}
		if o.HTTP.Timeout > 0 {
			timeout = o.HTTP.Timeout
		}
	}
	keeper := &keeper{next: bottom, host: base.Host}
	var credentials http.RoundTripper
	if o.Token != nil {
		credentials = &bearer{next: keeper, token: o.Token, host: base.Host}
	} else {
		apps, err := ghinstallation.NewAppsTransport(keeper, o.App.ID, o.App.Key)
		if err != nil {
			return errors.New("the app's private key cannot be read; it should be the PEM file that GitHub made")
		}
		apps.BaseURL = trimSlash(base)
		installed := ghinstallation.NewFromAppsTransport(apps, o.App.Installation)
		installed.BaseURL = apps.BaseURL
		installed.Client = &http.Client{Transport: keeper, Timeout: timeout, CheckRedirect: stay(base.Host)}
		// The token reaches this repository only, wherever else the app is installed.
		installed.InstallationTokenOptions = &github.InstallationTokenOptions{Repositories: []string{o.Repo}}
		credentials = installed
		f.appID = o.App.ID
		// What an app asks of itself, it asks with its key and not with its token.
		own := github.NewClient(&http.Client{Transport: &line{next: apps, now: o.Now, sleep: o.Sleep, keeper: keeper}, Timeout: timeout, CheckRedirect: stay(base.Host)})
		own.BaseURL = base
		f.who = func(ctx context.Context) (*github.App, error) {
			app, _, err := own.Apps.Get(ctx, "")
			return app, err
		}
	}
	f.line = &line{next: credentials, now: o.Now, sleep: o.Sleep, keeper: keeper, cache: newCache()}
	f.client = github.NewClient(&http.Client{Transport: f.line, CheckRedirect: stay(base.Host)})
	f.line.timeout = timeout
	f.client.BaseURL = base
	return nil
}

func trimSlash(u *url.URL) string {
	s := u.String()
	return s[:len(s)-1]
}

// stay follows redirects on one host: elsewhere they would take the token along.
func stay(host string) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != host || len(via) > 5 {
			return fmt.Errorf("it redirects to %s, where nothing of ours goes", r.URL.Host)
		}
		return nil
	}
}

// bearer adds a token to each request.
type bearer struct {
	next  http.RoundTripper
	token func(context.Context) (string, error)
	host  string
}

func (b *bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != b.host {
		return nil, fmt.Errorf("a request to %s is none of ours", r.URL.Host)
	}
	token, err := b.token(r.Context())
	if err != nil || token == "" {
		return nil, errors.New("there is no token to be had; look at where it is kept") // the error might quote it
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return b.next.RoundTrip(r)
}
