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

// connect builds the client. A request of go-github passes, in this order: the rate limit
// and the cache (rateLimiter), the credentials (tokenTransport, or ghinstallation for an
// app), the check of the host (redactor), and the HTTP transport.
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
	redactor := &redactor{next: bottom, host: base.Host}
	var credentials http.RoundTripper
	if o.Token != nil {
		credentials = &tokenTransport{next: redactor, token: o.Token, host: base.Host}
	} else {
		apps, err := ghinstallation.NewAppsTransport(redactor, o.App.ID, o.App.Key)
		if err != nil {
			return errors.New("the app's private key cannot be read; it should be the PEM file that GitHub made")
		}
		apps.BaseURL = trimSlash(base)
		installed := ghinstallation.NewFromAppsTransport(apps, o.App.Installation)
		installed.BaseURL = apps.BaseURL
		installed.Client = &http.Client{Transport: redactor, Timeout: timeout, CheckRedirect: sameHost(base.Host)}
		// The token is valid for this repository only, even if the app is installed on others.
		installed.InstallationTokenOptions = &github.InstallationTokenOptions{Repositories: []string{o.Repo}}
		credentials = installed
		f.appID = o.App.ID
		// GET /app is authenticated with the app's key, not with the installation's token.
		own := github.NewClient(&http.Client{Transport: &rateLimiter{next: apps, now: o.Now, sleep: o.Sleep, redactor: redactor}, Timeout: timeout, CheckRedirect: sameHost(base.Host)})
		own.BaseURL = base
		f.getApp = func(ctx context.Context) (*github.App, error) {
			app, _, err := own.Apps.Get(ctx, "")
			return app, err
		}
	}
	f.limiter = &rateLimiter{next: credentials, now: o.Now, sleep: o.Sleep, redactor: redactor, cache: newCache()}
	f.client = github.NewClient(&http.Client{Transport: f.limiter, CheckRedirect: sameHost(base.Host)})
	f.limiter.timeout = timeout
	f.client.BaseURL = base
	return nil
}

func trimSlash(u *url.URL) string {
	s := u.String()
	return s[:len(s)-1]
}

// sameHost allows redirects to the same host only: another host would receive the token.
func sameHost(host string) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != host || len(via) > 5 {
			return fmt.Errorf("it redirects to %s, where nothing of ours goes", r.URL.Host)
		}
		return nil
	}
}

// tokenTransport is the transport that adds the token to each request.
type tokenTransport struct {
	next  http.RoundTripper
	token func(context.Context) (string, error)
	host  string
}

func (b *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
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
