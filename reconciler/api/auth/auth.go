package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Permission is something that a client may do.
type Permission string

// The permissions.
const (
	Read   Permission = "read"   // list apps, and look at one
	Decide Permission = "decide" // have a proposal judged
)

// Permissions are all of them, which a client has where nothing else is configured.
var Permissions = []Permission{Read, Decide}

// Client is a program that calls, as the configuration names it.
type Client struct {
	Name      string
	TokenFile string   // holds its tokens, one a line; empty for none
	Subjects  []string // of tokens that a provider signed; one that ends in "*" stands for all that begin like it
	May       []Permission
}

// Allows reports whether the client may do something.
func (c Client) Allows(p Permission) bool { return slices.Contains(c.May, p) }

// Options are whom an Authenticator knows.
type Options struct {
	Clients  []Client
	Provider *Provider // nil where no provider signs tokens
	Now      func() time.Time
	Log      *slog.Logger
}

// Errors of Authenticate.
var (
	ErrNoToken     = errors.New("there is no bearer token")
	ErrUnknown     = errors.New("the token is nobody's")
	ErrNotListed   = errors.New("the token is valid, and no client lists its subject")
	ErrUnavailable = errors.New("the provider of tokens cannot be asked")
)

// Authenticator tells who calls. It is safe for concurrent use.
type Authenticator struct {
	clients  []Client
	files    *tokenFiles
	provider *verifier // nil for none
}

// New returns an Authenticator. An error means that the configuration makes no sense; files that
// cannot be read and providers that are away are met when somebody calls.
func New(o Options) (*Authenticator, error) {
	a := &Authenticator{clients: o.Clients, files: &tokenFiles{log: o.Log}}
	for _, c := range o.Clients {
		switch {
		case c.TokenFile == "" && len(c.Subjects) == 0:
			return nil, fmt.Errorf("the client %s has neither token nor subjects; give it one of them", c.Name)
		case len(c.Subjects) > 0 && o.Provider == nil:
			return nil, fmt.Errorf("the client %s has subjects, and no oidc names who signs their tokens", c.Name)
		}
		for _, subject := range c.Subjects {
			if strings.Trim(subject, "*") == "" {
				return nil, fmt.Errorf("the client %s has the subject %q, which is everybody; name who it is", c.Name, subject)
			}
		}
		for _, p := range c.May {
			if !slices.Contains(Permissions, p) {
				return nil, fmt.Errorf("the client %s may %q; choose of read and decide", c.Name, p)
			}
		}
	}
	if o.Provider != nil {
		if err := o.Provider.check(); err != nil {
			return nil, err
		}
		a.provider = &verifier{Provider: *o.Provider, now: o.Now}
	}
	return a, nil
}

// Clients are those that the configuration names.
func (a *Authenticator) Clients() []Client { return a.clients }

// Token is the bearer token of an Authorization header; empty where there is none.
func Token(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Known tells whose token it is by the files of clients alone, without asking anybody.
func (a *Authenticator) Known(token string) (Client, error) {
	if token == "" {
		return Client{}, ErrNoToken
	}
	return a.files.owner(a.clients, token)
}

// Signed reports whether a token may be one that the provider signed, so that Verify is worth its
// while.
func (a *Authenticator) Signed(token string) bool {
	return a.provider != nil && strings.Count(token, ".") == 2
}

// Verify tells whose token it is that the provider signed. It may ask the provider for its keys.
func (a *Authenticator) Verify(ctx context.Context, token string) (Client, error) {
	subject, err := a.provider.subject(ctx, token)
	if err != nil {
		return Client{}, err
	}
	for _, c := range a.clients {
		if slices.ContainsFunc(c.Subjects, func(listed string) bool { return matches(listed, subject) }) {
			return c, nil
		}
	}
	return Client{}, fmt.Errorf("%w: %q", ErrNotListed, subject)
}

func matches(listed, subject string) bool {
	if prefix, all := strings.CutSuffix(listed, "*"); all {
		return strings.HasPrefix(subject, prefix)
	}
	return listed == subject
}
