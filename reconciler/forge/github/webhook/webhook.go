package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/pulls"
	"github.com/levee-gitops/levee/reconciler/forge/github/reviews"
)

const (
	maxPayload     = 1 << 20 // bytes
	maxDeliveries  = 10_000  // ids that are remembered
	webhookTimeout = 10 * time.Second
	reviewEvent    = "pull_request_review"
)

// Known is what a delivery is compared with, and what it is remembered in.
type Known struct {
	Repository *api.Repository
	Account    *api.Account
	Pulls      *pulls.Pulls
	Captured   *reviews.Captures
}

// handler is the handler of webhooks.
type handler struct {
	Known
	secret  []byte
	nudge   func(forge.Key)
	capture func(forge.Evidence) error

	mu   sync.Mutex // held while the payload of a review is captured
	seen *lru.Cache[string, bool]
}

// Handler returns the HTTP handler of the repository's webhooks. It fails without a secret;
// a payload that is not signed with the secret is answered 401 and has no effect.
func Handler(known Known, secret []byte, nudge func(forge.Key), capture func(forge.Evidence) error) (http.Handler, error) {
	if len(strings.TrimSpace(string(secret))) == 0 {
		return nil, errors.New("receive webhooks: there is no secret, so anybody could send them; set one here and at GitHub")
	}
	if nudge == nil || capture == nil {
		return nil, errors.New("receive webhooks: there is nobody to tell of them")
	}
	h := &handler{Known: known, secret: append([]byte(nil), secret...), nudge: nudge, capture: capture, seen: api.NewLRU[bool](maxDeliveries)}
	return http.TimeoutHandler(http.HandlerFunc(h.serve), webhookTimeout, "took too long\n"), nil
}

// httpError is an HTTP error response.
type httpError struct {
	status int
	text   string
}

func (r *httpError) Error() string { return r.text }

func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			http.Error(w, "something went wrong here", http.StatusInternalServerError)
		}
	}()
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
		return
	}
	// A slow sender is cut off, where the connection supports deadlines.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(webhookTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		http.Error(w, fmt.Sprintf("more than %d bytes, or cut off", maxPayload), http.StatusRequestEntityTooLarge)
		return
	}
	if !h.signed(r.Header.Values("X-Hub-Signature-256"), body) {
		http.Error(w, "not signed with the secret", http.StatusUnauthorized)
		return
	}
	if err := h.handle(r.Header, body); err != nil {
		refused := &httpError{http.StatusInternalServerError, "could not be kept"}
		_ = errors.As(err, &refused)
		http.Error(w, refused.text, refused.status)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed checks the signature of a body, in constant time. There must be exactly one, and
// by SHA-256: ValidateSignature takes SHA-1 as well.
func (h *handler) signed(headers []string, body []byte) bool {
	return len(headers) == 1 && strings.HasPrefix(headers[0], "sha256=") && github.ValidateSignature(headers[0], body, h.secret) == nil
}

// handle handles a delivery whose signature is valid.
func (h *handler) handle(header http.Header, body []byte) error {
	id, event := header.Get("X-GitHub-Delivery"), header.Get("X-GitHub-Event")
	if id == "" || len(id) > 100 || event == "" {
		return &httpError{http.StatusBadRequest, "no delivery of GitHub's: it lacks its id or event"}
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return &httpError{http.StatusBadRequest, "the payload is not JSON; choose application/json at GitHub"}
	}
	if !p.of(h.Repository) {
		return nil
	}
	// The own login is not asked for here: a rate limit would delay the delivery.
	if self := h.Account.Known(); self != "" && strings.EqualFold(p.Sender.Login, self) {
		return nil
	}
	if known, err := h.captureOnce(id, event, p, body); known || err != nil {
		return err
	}
	for _, key := range p.keys(event, h.Pulls) {
		h.nudge(key)
	}
	return nil
}

// captureOnce captures the payload of a review and remembers the id of the delivery. It reports
// whether the id was known. After an error the id is not remembered.
func (h *handler) captureOnce(id, event string, p payload, body []byte) (known bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen.Contains(id) {
		return true, nil
	}
	if event == reviewEvent {
		e, review, err := submitted(h.Repository, p, body)
		if err != nil {
			return false, &httpError{http.StatusBadRequest, err.Error()}
		}
		if e.Review != "" {
			// A look that begins once it is kept has to find it captured.
			h.Captured.Add(e.Change+"/"+e.Review, review)
			if err := h.capture(e); errors.Is(err, forge.ErrFull) {
				return false, &httpError{http.StatusServiceUnavailable, forge.ErrFull.Error()}
			} else if err != nil {
				return false, err
			}
		}
	}
	h.seen.Add(id, true)
	return false, nil
}
