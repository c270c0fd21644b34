package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
)

const (
	maxPayload     = 1 << 20 // bytes
	maxDeliveries  = 10_000  // ids that are remembered
	webhookTimeout = 10 * time.Second
	reviewEvent    = "pull_request_review"
)

// webhook is the handler of webhooks.
type webhook struct {
	repository *repository
	account    *account
	pulls      *pulls
	captured   *captures

	secret  []byte
	nudge   func(forge.Key)
	capture func(forge.Evidence) error

	mu   sync.Mutex // held while the payload of a review is captured
	seen *lru.Cache[string, bool]
}

// Handler returns the HTTP handler of the repository's webhooks. It fails without a secret;
// a payload that is not signed with the secret is answered 401 and has no effect.
//
// For each event nudge is called with the key of what to look at, and must not block.
// Comments nudge only if they are commands, pushes only if they are to the base branch. The payload of a submitted review with a verdict or a
// confirmation is evidence as well: before it is acknowledged, capture is called, which
// returns once the payload is stored. If it fails the delivery is answered 500, or 503 if it
// fails with forge.ErrFull, and can be delivered again.
//
// Events that the forge caused itself, deliveries that came before, and events of other
// repositories are acknowledged without effect.
func (f *Forge) Handler(secret []byte, nudge func(forge.Key), capture func(forge.Evidence) error) (http.Handler, error) {
	if len(strings.TrimSpace(string(secret))) == 0 {
		return nil, errors.New("receive webhooks: there is no secret, so anybody could send them; set one here and at GitHub")
	}
	if nudge == nil || capture == nil {
		return nil, errors.New("receive webhooks: there is nobody to tell of them")
	}
	h := &webhook{
		repository: f.repository, account: f.account, pulls: f.pulls, captured: f.captured,
		secret: append([]byte(nil), secret...), nudge: nudge, capture: capture, seen: newLRU[bool](maxDeliveries),
	}
	return http.TimeoutHandler(http.HandlerFunc(h.serve), webhookTimeout, "took too long\n"), nil
}

// httpError is an HTTP error response.
type httpError struct {
	status int
	text   string
}

func (r *httpError) Error() string { return r.text }

func (h *webhook) serve(w http.ResponseWriter, r *http.Request) {
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
func (h *webhook) signed(headers []string, body []byte) bool {
	return len(headers) == 1 && strings.HasPrefix(headers[0], "sha256=") && github.ValidateSignature(headers[0], body, h.secret) == nil
}

// payload is what is read of an event. Other fields may have any form: go-github's types
// for events refuse, for example, a repository whose custom properties are lists.
type payload struct {
	Action     string
	Ref        string
	Sender     struct{ Login string }
	Repository struct {
		Name  string
		Owner struct{ Login string }
	}
	Number      int
	PullRequest struct {
		Number int
		Base   struct{ Ref string }
	} `json:"pull_request"`
	Review struct {
		ID          int64
		State, Body string
		Commit      string `json:"commit_id"`
	}
	Issue struct {
		Number      int
		PullRequest *struct{} `json:"pull_request"`
		User        struct{ Login string }
	}
	Comment struct {
		Body        string
		Association string `json:"author_association"`
		User        struct{ Login, Type string }
	}
	CheckRun   checkEvent `json:"check_run"`
	CheckSuite checkEvent `json:"check_suite"`
}

// checkEvent is what is read of a check run or a check suite.
type checkEvent struct {
	Head         string                 `json:"head_sha"`
	PullRequests []struct{ Number int } `json:"pull_requests"`
}

// of reports whether an event is of a repository.
func (p payload) of(r *repository) bool {
	return strings.EqualFold(p.Repository.Name, r.name) && strings.EqualFold(p.Repository.Owner.Login, r.owner)
}

// handle handles a delivery whose signature is valid.
func (h *webhook) handle(header http.Header, body []byte) error {
	id, event := header.Get("X-GitHub-Delivery"), header.Get("X-GitHub-Event")
	if id == "" || len(id) > 100 || event == "" {
		return &httpError{http.StatusBadRequest, "no delivery of GitHub's: it lacks its id or event"}
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return &httpError{http.StatusBadRequest, "the payload is not JSON; choose application/json at GitHub"}
	}
	if !p.of(h.repository) {
		return nil
	}
	// The own login is not asked for here: a rate limit would delay the delivery.
	if self := h.account.known(); self != "" && strings.EqualFold(p.Sender.Login, self) {
		return nil
	}
	if known, err := h.captureOnce(id, event, p, body); known || err != nil {
		return err
	}
	for _, key := range p.keys(event, h.pulls) {
		h.nudge(key)
	}
	return nil
}

// captureOnce captures the payload of a review and remembers the id of the delivery. It reports
// whether the id was known. After an error the id is not remembered.
func (h *webhook) captureOnce(id, event string, p payload, body []byte) (known bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen.Contains(id) {
		return true, nil
	}
	if event == reviewEvent {
		e, review, err := h.repository.submitted(p, body)
		if err != nil {
			return false, &httpError{http.StatusBadRequest, err.Error()}
		}
		if e.Review != "" {
			// A look that begins once it is kept has to find it captured.
			h.captured.add(e.Change+"/"+e.Review, review)
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

// keys lists what an event is about; nil for events that do not matter to any verdict.
func (p payload) keys(event string, open *pulls) []forge.Key {
	switch event {
	case "pull_request", reviewEvent:
		if p.PullRequest.Number > 0 {
			return []forge.Key{keyOf(p.PullRequest.Number)}
		}
	case "issue_comment":
		if p.Issue.PullRequest != nil && p.isCommand() {
			return []forge.Key{keyOf(p.Issue.Number)}
		}
	case "push":
		if p.Ref == "refs/heads/"+open.base {
			return []forge.Key{forge.KeyLanding}
		}
	case "check_run", "check_suite":
		var list []forge.Key
		for _, check := range []checkEvent{p.CheckRun, p.CheckSuite} {
			for _, pull := range check.PullRequests {
				list = append(list, keyOf(pull.Number))
			}
			if len(check.PullRequests) > 0 {
				continue
			}
			for _, id := range open.headedBy(check.Head) { // GitHub lists none for the pull request of a fork
				list = append(list, forge.KeyChange(id))
			}
		}
		if len(list) == 0 {
			list = []forge.Key{forge.KeyAll}
		}
		return list
	}
	return nil
}

// keyOf is the key of a pull request.
func keyOf(number int) forge.Key { return forge.KeyChange(strconv.Itoa(number)) }

// commandPattern matches a comment that begins with a command.
var commandPattern = regexp.MustCompile(`^/levee (?:confirm|recheck)\b`)

// isCommand reports whether a comment is a command of a person who may give one: the author
// of the pull request or a collaborator. It only keeps strangers and bots from causing
// work; whose approval counts is decided elsewhere.
func (p payload) isCommand() bool {
	c := p.Comment
	if p.Action != "created" || c.User.Type != personType || !commandPattern.MatchString(c.Body) {
		return false
	}
	return strings.EqualFold(c.User.Login, p.Issue.User.Login) || slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, c.Association)
}
