package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Provider signs tokens: an OpenID provider, such as that of a CI or of the organisation.
type Provider struct {
	Issuer   string // its address, below which it says where its keys are
	Audience string // whom tokens must be made for
}

// providerTime bounds each request to a provider, and providerPause how soon one that was away is
// asked again.
const (
	providerTime  = 5 * time.Second
	providerPause = 10 * time.Second
)

// check tells whether tokens of the provider can be trusted at all.
func (p Provider) check() error {
	at, err := url.Parse(p.Issuer)
	switch {
	case err != nil || at.Host == "":
		return fmt.Errorf("the issuer %q of oidc is no address; write it as the provider does, as in https://login.example.com", p.Issuer)
	case at.Scheme != "https" && !isLoopback(at.Hostname()):
		return fmt.Errorf("the issuer %q of oidc must be an https address: who answers there says whose tokens count", p.Issuer)
	case strings.TrimSpace(p.Audience) == "":
		return errors.New("oidc has no audience; name whom tokens are made for, or those for anybody else count as well")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Discover asks the provider who it says that it is, as Verify does before its first token.
func (p Provider) Discover(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

func (p Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	ctx, cancel := context.WithTimeout(ctx, providerTime)
	defer cancel()
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, &http.Client{Timeout: providerTime}), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its keys: %w", p.Issuer, err)
	}
	return provider, nil
}

// verifier verifies tokens by the keys of a provider, which are found when the first token comes.
type verifier struct {
	Provider
	now func() time.Time

	mu     sync.Mutex
	of     *oidc.IDTokenVerifier // with the provider's keys, as far as they were asked for; nil until it was found
	failed error                 // why it could not be asked last
	again  time.Time             // when it is asked again
}

// subject is whom a token is of, by the provider's word.
func (v *verifier) subject(ctx context.Context, token string) (string, error) {
	of, err := v.found(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	verified, err := of.Verify(ctx, token)
	if err != nil {
		if ctx.Err() != nil || strings.Contains(err.Error(), "fetching keys") {
			return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return verified.Subject, nil
}

// found finds the provider; one that was away is not asked again for a while.
func (v *verifier) found(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.of != nil {
		return v.of, nil
	}
	if now := v.now(); now.Before(v.again) {
		return nil, v.failed
	}
	provider, err := v.discover(context.WithoutCancel(ctx)) // for all who call
	if err != nil {
		v.failed, v.again = err, v.now().Add(providerPause)
		return nil, err
	}
	v.of = provider.Verifier(&oidc.Config{ClientID: v.Audience, Now: v.now})
	return v.of, nil
}
