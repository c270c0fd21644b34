package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// SameHost allows redirects to the same host only: another host would receive the token.
func SameHost(host string) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		if r.URL.Host != host || len(via) > 5 {
			return fmt.Errorf("it redirects to %s, where nothing of ours goes", r.URL.Host)
		}
		return nil
	}
}

// Token is the transport that adds the token to each request.
type Token struct {
	Next  http.RoundTripper
	Token func(context.Context) (string, error)
	Host  string
}

func (b *Token) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != b.Host {
		return nil, fmt.Errorf("a request to %s is none of ours", r.URL.Host)
	}
	token, err := b.Token(r.Context())
	if err != nil || token == "" {
		return nil, errors.New("there is no token to be had; look at where it is kept") // the error might quote it
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return b.Next.RoundTrip(r)
}
