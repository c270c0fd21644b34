package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A keeper is the last thing that a request passes. It lets nothing out to another
// host, and knows the secrets that go by, so that none comes back in an error.
type keeper struct {
	next http.RoundTripper
	host string

	mu      sync.Mutex
	secrets []string // the latest last
}

// maxSecrets bounds what a keeper remembers. Tokens of an installation last an hour.
const maxSecrets = 16

func (k *keeper) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != k.host {
		return nil, fmt.Errorf("a request to %s is none of ours", r.URL.Host)
	}
	if _, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		k.learn(secret)
	}
	return k.next.RoundTrip(r)
}

func (k *keeper) learn(secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if secret == "" || slices.Contains(k.secrets, secret) {
		return
	}
	k.secrets = append(k.secrets, secret)
	if len(k.secrets) > maxSecrets {
		k.secrets = slices.Delete(k.secrets, 0, 1)
	}
}

// hide takes the secrets out of a text.
func (k *keeper) hide(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.secrets {
		text = strings.ReplaceAll(text, s, "•••")
	}
	return text
}
