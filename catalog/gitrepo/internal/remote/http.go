package remote

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// newHTTP is a repository behind an HTTP server.
func newHTTP(u *url.URL, opts Options) *Remote {
	r := &Remote{user: opts.User, token: opts.Token}
	r.written, _ = u.User.Password()
	r.as = u.User.Username()
	clean := *u
	clean.User = nil
	r.Name = clean.String()
	ep, err := transport.NewEndpoint(r.Name)
	if err != nil {
		ep = &transport.Endpoint{} // unreachable: it was parsed before
	}
	r.ep = *ep
	client := http.Client{}
	if opts.Client != nil {
		client = *opts.Client
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = gitOnly{shortErrors{idleTimeout{client.Transport, opts.IdleTimeout}}}
	r.client = githttp.NewClientWithOptions(&client, &githttp.ClientOptions{RedirectPolicy: githttp.FollowInitialRedirects})
	return r
}

// shortErrors cuts the bodies of refusals, which go into error messages as a
// whole.
type shortErrors struct{ http.RoundTripper }

func (t shortErrors) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.RoundTripper.RoundTrip(req)
	if err == nil && res.StatusCode >= 300 {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, 2048), res.Body}
	}
	return res, err
}

// gitOnly refuses what is no answer of Git: a page for people, as from a proxy or where
// one has to sign in.
type gitOnly struct{ http.RoundTripper }

func (t gitOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.RoundTripper.RoundTrip(req)
	if err != nil {
		return res, err
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind != "text/html" || res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusNotFound || res.StatusCode/100 == 3 {
		return res, nil // in which case the status says it
	}
	page, _ := io.ReadAll(io.LimitReader(res.Body, 8192))
	_ = res.Body.Close()
	called := ""
	if title := titleExpr.FindSubmatch(page); title != nil {
		called = fmt.Sprintf(" called %.80q", strings.Join(strings.Fields(string(title[1])), " "))
	}
	return nil, fmt.Errorf("the server answers with a web page%s and not as Git does (status %d): a sign-in page or a proxy stands between; look at the URL of the repository, the token and the proxy", called, res.StatusCode)
}

var titleExpr = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title>`)
