package github

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/transport"
)

// connection is how a forge reaches GitHub, and as whom.
type connection struct {
	client   *github.Client
	redactor *transport.Redactor
	account  *api.Account
	appID    int64 // zero for a token
}

// connect builds the client. A request of go-github passes, in this order: the rate limit
// and the cache (transport.RateLimiter), the credentials (transport.Token, or ghinstallation for an
// app), the check of the host (transport.Redactor), and the HTTP transport.
func connect(o Options, base *url.URL) (connection, error) {
	bottom, timeout := http.DefaultTransport, 30*time.Second
	if o.HTTP != nil {
		if o.HTTP.Transport != nil {
			bottom = o.HTTP.Transport
		}
		if o.HTTP.Timeout > 0 {
			timeout = o.HTTP.Timeout
		}
	}
	c := connection{account: &api.Account{}}
	c.redactor = &transport.Redactor{Next: bottom, Host: base.Host}
	var credentials http.RoundTripper
	if o.Token != nil {
		credentials = &transport.Token{Next: c.redactor, Token: o.Token, Host: base.Host}
	} else {
		apps, err := ghinstallation.NewAppsTransport(c.redactor, o.App.ID, o.App.Key)
		if err != nil {
			return connection{}, errors.New("the app's private key cannot be read; it should be the PEM file that GitHub made")
		}
		apps.BaseURL = trimSlash(base)
		installed := ghinstallation.NewFromAppsTransport(apps, o.App.Installation)
		installed.BaseURL = apps.BaseURL
		installed.Client = &http.Client{Transport: c.redactor, Timeout: timeout, CheckRedirect: transport.SameHost(base.Host)}
		// The token is valid for this repository only, even if the app is installed on others.
		installed.InstallationTokenOptions = &github.InstallationTokenOptions{Repositories: []string{o.Repo}}
		credentials = installed
		c.account.Granted = func(ctx context.Context) (github.InstallationPermissions, error) {
			if _, err := installed.Token(ctx); err != nil {
				return github.InstallationPermissions{}, err
			}
			return installed.Permissions()
		}
		c.appID = o.App.ID
		// GET /app is authenticated with the app's key, not with the installation's token.
		own := github.NewClient(&http.Client{Transport: &transport.RateLimiter{Next: apps, Now: o.Now, Sleep: o.Sleep}, Timeout: timeout, CheckRedirect: transport.SameHost(base.Host)})
		own.BaseURL = base
		c.account.App = func(ctx context.Context) (*github.App, error) {
			app, _, err := own.Apps.Get(ctx, "")
			return app, err
		}
	}
	limiter := &transport.RateLimiter{Next: credentials, Now: o.Now, Sleep: o.Sleep, Cache: transport.NewCache(), Timeout: timeout}
	c.client = github.NewClient(&http.Client{Transport: limiter, CheckRedirect: transport.SameHost(base.Host)})
	c.client.BaseURL = base
	c.account.Client = c.client
	return c, nil
}

func trimSlash(u *url.URL) string {
	s := u.String()
	return s[:len(s)-1]
}
