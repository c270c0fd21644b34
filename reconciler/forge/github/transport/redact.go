package transport

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Redactor is the last transport before the network. It refuses requests to other hosts,
// and remembers the tokens that pass, so that Redact can remove them from errors.
type Redactor struct {
	Next http.RoundTripper
	Host string // all others are refused

	mu      sync.Mutex
	secrets []string // newest last
}

// maxSecrets is how many tokens are remembered. The token of an installation lasts an hour.
const maxSecrets = 16

func (k *Redactor) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != k.Host {
		return nil, fmt.Errorf("a request to %s is none of ours", r.URL.Host)
	}
	if _, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		k.remember(secret)
	}
	return k.Next.RoundTrip(r)
}

func (k *Redactor) remember(secret string) {
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

// Redact replaces the secrets in a text.
func (k *Redactor) Redact(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.secrets {
		text = strings.ReplaceAll(text, s, "•••")
	}
	return text
}
