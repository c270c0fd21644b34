package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// redactor is the last transport before the network. It refuses requests to other hosts,
// and remembers the tokens that pass, so that redact can remove them from errors.
type redactor struct {
	next http.RoundTripper
	host string

	mu      sync.Mutex
	secrets []string // newest last
}

// maxSecrets is how many tokens are remembered. The token of an installation lasts an hour.
const maxSecrets = 16

func (k *redactor) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != k.host {
		return nil, fmt.Errorf("a request to %s is none of ours", r.URL.Host)
	}
	if _, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		k.remember(secret)
	}
	return k.next.RoundTrip(r)
}

func (k *redactor) remember(secret string) {
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

// redact replaces the secrets in a text.
func (k *redactor) redact(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.secrets {
		text = strings.ReplaceAll(text, s, "•••")
	}
	return text
}
