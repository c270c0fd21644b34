package remote

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// The outcomes that callers tell apart. After any other error of a Push it may have
// happened or not.
var (
	ErrUnauthorized = errors.New("the remote refuses the credentials")
	ErrNoRepository = errors.New("the remote has no such repository")
	ErrStale        = errors.New("the remote has moved")
	ErrRejected     = errors.New("the remote rejected the push")
)

// Options say where the server is and how it is spoken to. All but URL may be empty.
type Options struct {
	URL         string // a local path, or a URL with file, http or https
	User        string // goes with Token
	Token       func() (string, error)
	Client      *http.Client
	IdleTimeout time.Duration // how long an HTTP server may send nothing
}

// A Remote opens sessions with the server. Between them it holds no connection, and no
// secret but what its URL has.
type Remote struct {
	Name string // its path or URL without credentials, safe to show

	ep     transport.Endpoint
	client transport.Transport
	user   string
	token  func() (string, error) // nil without one

	as, written string // name and password in the URL, for where there is no token
}

// New checks the options. The server is asked nothing yet.
func New(opts Options) (*Remote, error) {
	u, err := url.Parse(opts.URL)
	if err != nil || u.Scheme == "" || filepath.IsAbs(opts.URL) {
		return newLocal(opts.URL)
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
func newLocal(path string) (*Remote, error) {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil, fmt.Errorf("open remote %q: no such path", path)
	}
	return &Remote{
		Name:   abs,
		ep:     transport.Endpoint{Protocol: "file", Path: abs},
		client: local{},
	}, nil
}

// An exchange is one session with the server, with the secret that it carries.
type exchange struct {
	r      *Remote
	doing  string
	user   string
	secret string
	ep     *transport.Endpoint // a redirect may change it
	auth   transport.AuthMethod
}

func (r *Remote) exchange(doing string) (*exchange, error) {
	ep := r.ep
	x := &exchange{r: r, doing: doing, ep: &ep, user: r.user}
	if r.token != nil {
		var err error
		if x.secret, err = r.token(); err != nil {
			return nil, fmt.Errorf("%s %s: get a token: %w", doing, r.Name, err)
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

// sha256Expr is how the refs of a repository with longer ids look to who expects the
// shorter ones.
var sha256Expr = regexp.MustCompile(`no space after hash.*object-format=sha256|no space after hash.*\b[0-9a-f]{64}\b`)

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
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed), errors.Is(err, ErrUnauthorized):
		kind = ErrUnauthorized
	case errors.Is(err, transport.ErrRepositoryNotFound):
		kind = ErrNoRepository
	}
	text := x.clean(err.Error())
	if sha256Expr.MatchString(text) {
		text = "it is a SHA-256 repository; only SHA-1 repositories can be read. Make one with `git init --bare --object-format=sha1`, and push the branches into it from a clone that was made the same way"
	}
	return &remoteError{text: fmt.Sprintf("%s %s: %s", x.doing, x.r.Name, text), kind: kind}
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
	if s = strings.Join(strings.Fields(s), " "); len(s) > 600 {
		s = s[:600] + "…"
	}
	return s
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
