package api

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/go-github/v60/github"
)

// Account is the app or the token that a forge acts as.
type Account struct {
	Client  *github.Client
	App     func(context.Context) (*github.App, error)                    // GET /app; nil for a token
	Granted func(context.Context) (github.InstallationPermissions, error) // what the installation gives; nil for a token

	mu   sync.Mutex
	self string // the login; empty until it was asked for
}

// Known is the login where it was asked for already, else empty. It sends no request.
func (a *Account) Known() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.self
}

// Login returns the login of the token or app. It asks GitHub the first time.
func (a *Account) Login(ctx context.Context) (string, error) {
	self := a.Known()
	if self != "" {
		return self, nil
	}
	if a.App != nil {
		app, err := a.App(ctx)
		if err != nil {
			return "", fmt.Errorf("ask which app this is: %w", err)
		}
		self = app.GetSlug() + "[bot]"
	} else {
		user, _, err := a.Client.Users.Get(ctx, "")
		if err != nil {
			return "", fmt.Errorf("ask whose token this is: %w", err)
		}
		self = user.GetLogin()
	}
	if self == "" || self == "[bot]" {
		return "", errors.New("ask in whose name this acts: GitHub does not say")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.self = self
	return self, nil
}
