package gitrepo

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// A remote opens sessions with the server. Between them it holds no connection, and no
// secret but what its URL has.
type remote struct {
	name   string // safe to show
	ep     transport.Endpoint
	client transport.Transport
	user   string
	token  func() (string, error) // nil without one

	as, written string // name and password in the URL, for where there is no token
}

func newRemote(opts Options) (*remote, error) {
	u, err := url.Parse(opts.Remote)
	if err != nil || u.Scheme == "" || filepath.IsAbs(opts.Remote) {
		return newLocal(opts.Remote)
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" && u.Host != "localhost" {
			return nil, fmt.Errorf("open remote: a file URL names the host %q", u.Host)
		}
		return newLocal(u.Path)
	case "http", "https":
		return newHTTP(u, opts), nil
	}
	return nil, fmt.Errorf("open remote: the scheme %q is none of file, http and https", u.Scheme)
}

// newLocal is a repository on this machine, served by the git program.
func newLocal(path string) (*remote, error) {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil, fmt.Errorf("open remote %q: no such path", path)
	}
	return &remote{
		name:   abs,
		ep:     transport.Endpoint{Protocol: "file", Path: abs},
		client: local{},
	}, nil
}

func newHTTP(u *url.URL, opts Options) *remote {
	r := &remote{user: opts.User, token: opts.Token}
	r.written, _ = u.User.Password()
	r.as = u.User.Username()
	clean := *u
	clean.User = nil
	r.name = clean.String()
	ep, err := transport.NewEndpoint(r.name)
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
	client.Transport = gitOnly{shortErrors{listener{client.Transport, opts.Silence}}}
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

// sha256Expr is how the refs of a repository with longer ids look to who expects the
// shorter ones.
var sha256Expr = regexp.MustCompile(`no space after hash.*object-format=sha256|no space after hash.*\b[0-9a-f]{64}\b`)

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
		called = fmt.Sprintf(" called %q", cut(strings.Join(strings.Fields(string(title[1])), " "), 80))
	}
	return nil, fmt.Errorf("the server answers with a web page%s and not as Git does (status %d): a sign-in page or a proxy stands between; look at the URL of the repository, the token and the proxy", called, res.StatusCode)
}

var titleExpr = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title>`)

// An exchange is one session with the server, with the secret that it carries.
type exchange struct {
	r      *remote
	doing  string
	user   string
	secret string
	ep     *transport.Endpoint // a redirect may change it
	auth   transport.AuthMethod
}

func (r *remote) exchange(doing string) (*exchange, error) {
	ep := r.ep
	x := &exchange{r: r, doing: doing, ep: &ep, user: r.user}
	if r.token != nil {
		var err error
		if x.secret, err = r.token(); err != nil {
			return nil, fmt.Errorf("%s %s: get a token: %w", doing, r.name, err)
		}
		x.secret = strings.TrimSpace(x.secret) // files of secrets end in a line break
	}
	if x.secret == "" {
		x.user, x.secret = r.as, r.written
	}
	if x.secret != "" { // who needs none refuses an empty one
		x.auth = &githttp.BasicAuth{Username: x.user, Password: x.secret}
	}
	return x, nil
}

// fail says what went wrong in words that hold no secret and no control
// characters, whatever the server sent. Of the cause only what callers tell apart
// stays reachable: its own text may hold anything.
func (x *exchange) fail(err error) error {
	if err == nil {
		return nil
	}
	var kind error
	switch {
	case errors.Is(err, context.Canceled):
		kind = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		kind = context.DeadlineExceeded
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		kind = ErrUnauthorized
	case errors.Is(err, transport.ErrRepositoryNotFound):
		kind = ErrNoRepository
	}
	text := x.clean(err.Error())
	if sha256Expr.MatchString(text) {
		text = "it is a SHA-256 repository; only SHA-1 repositories can be read. Make one with `git init --bare --object-format=sha1`, and push the branches into it from a clone that was made the same way"
	}
	return &remoteError{text: fmt.Sprintf("%s %s: %s", x.doing, x.r.name, text), kind: kind}
}

// clean makes text of the server safe to show.
func (x *exchange) clean(s string) string {
	if x.secret != "" {
		basic := base64.StdEncoding.EncodeToString([]byte(x.user + ":" + x.secret))
		s = strings.NewReplacer(x.secret, "[redacted]", basic, "[redacted]",
			url.QueryEscape(x.secret), "[redacted]", url.PathEscape(x.secret), "[redacted]").Replace(s)
	}
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return ' '
		case c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == '\u2028' || c == '\u2029' || c >= '\u202a' && c <= '\u202e':
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
	return cut(strings.Join(strings.Fields(s), " "), 600)
}

type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string {
	if e.kind != nil && !strings.Contains(e.text, e.kind.Error()) {
		return e.text + ": " + e.kind.Error()
	}
	return e.text
}

func (e *remoteError) Unwrap() error { return e.kind }
