package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
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
)

const (
	maxPayload    = 1 << 20 // bytes
	maxDeliveries = 10_000  // that are remembered
	hookTime      = 10 * time.Second
	hookReview    = "pull_request_review"
)

// hook receives webhooks.
type hook struct {
	forge   *Forge
	secret  []byte
	nudge   func(change string)
	capture func(payload []byte) error

	mu    sync.Mutex // held while a review is kept
	seen  map[string]bool
	order []string
}

// Handler receives webhooks of the repository. It cannot be made without a secret,
// and nothing happens for a payload that is not signed with it.
//
// A payload is a nudge: nudge is called with the id of the change to look at, or
// with "" where it may be any, and should return at once. Comments nudge only where
// they are commands, pushes where they are to the base branch. The payload of
// a review is evidence as well: capture is called before it is acknowledged, and
// returns once the payload is kept for good; after that the forge captures it
// itself. If capture fails, so does the delivery, and GitHub can deliver it again.
//
// What the forge did itself, what came before, and what is of another repository is
// acknowledged and passed over.
func (f *Forge) Handler(secret []byte, nudge func(change string), capture func(payload []byte) error) (http.Handler, error) {
	if len(strings.TrimSpace(string(secret))) == 0 {
		return nil, errors.New("receive webhooks: there is no secret, so anybody could send them; set one here and at GitHub")
	}
	if nudge == nil || capture == nil {
		return nil, errors.New("receive webhooks: there is nobody to tell of them")
	}
	h := &hook{forge: f, secret: append([]byte(nil), secret...), nudge: nudge, capture: capture, seen: map[string]bool{}}
	return http.TimeoutHandler(http.HandlerFunc(h.serve), hookTime, "took too long\n"), nil
}

// A refusal is what a sender is told: a status and a few words.
type refusal struct {
	status int
	words  string
}

func (r *refusal) Error() string { return r.words }

func (h *hook) serve(w http.ResponseWriter, r *http.Request) {
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
	// Whoever sends slowly is cut off; not every connection lets itself be.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(hookTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		http.Error(w, fmt.Sprintf("more than %d bytes, or cut off", maxPayload), http.StatusRequestEntityTooLarge)
		return
	}
	if !h.signed(r.Header.Values("X-Hub-Signature-256"), body) {
		http.Error(w, "not signed with the secret", http.StatusUnauthorized)
		return
	}
	if err := h.take(r.Header, body); err != nil {
		refused := &refusal{http.StatusInternalServerError, "could not be kept"}
		_ = errors.As(err, &refused)
		http.Error(w, refused.words, refused.status)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed checks the signature of a body, in a time that says nothing of the secret.
func (h *hook) signed(headers []string, body []byte) bool {
	if len(headers) != 1 {
		return false
	}
	sent, ok := strings.CutPrefix(headers[0], "sha256=")
	given, err := hex.DecodeString(sent)
	mac := hmac.New(sha256.New, h.secret)
	mac.Write(body)
	return ok && err == nil && hmac.Equal(given, mac.Sum(nil))
}

// payload is what is read of any event.
type payload struct {
	Action     string
	Ref        string
	Sender     struct{ Login string }
	Repository struct {
		Name  string
		Owner struct{ Login string }
	}
	Number      int
	PullRequest struct{ Number int } `json:"pull_request"`
	Issue       struct {
		Number      int
		PullRequest *struct{} `json:"pull_request"`
		User        struct{ Login string }
	}
	Comment struct {
		Body        string
		Association string `json:"author_association"`
		User        struct{ Login, Type string }
	}
	CheckRun struct {
		PullRequests []struct{ Number int } `json:"pull_requests"`
	} `json:"check_run"`
	CheckSuite struct {
		PullRequests []struct{ Number int } `json:"pull_requests"`
	} `json:"check_suite"`
}

// take deals with a delivery whose signature is good.
func (h *hook) take(header http.Header, body []byte) error {
	id, event := header.Get("X-GitHub-Delivery"), header.Get("X-GitHub-Event")
	if id == "" || len(id) > 100 || event == "" {
		return &refusal{http.StatusBadRequest, "no delivery of GitHub's: it lacks its id or event"}
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return &refusal{http.StatusBadRequest, "the payload is not JSON; choose application/json at GitHub"}
	}
	f := h.forge
	if !strings.EqualFold(p.Repository.Name, f.repo) || !strings.EqualFold(p.Repository.Owner.Login, f.owner) {
		return nil
	}
	// Who we are is not asked here: a limit would hold up what has to be kept.
	f.mu.Lock()
	self := f.self
	f.mu.Unlock()
	if self != "" && strings.EqualFold(p.Sender.Login, self) {
		return nil
	}
	if known, err := h.once(id, event, body); known || err != nil {
		return err
	}
	for _, change := range p.changes(event, f.base) {
		h.nudge(change)
	}
	return nil
}

// once keeps the payload of a review, and remembers the delivery. It reports
// whether it was known. A delivery that could not be kept is not remembered.
func (h *hook) once(id, event string, body []byte) (known bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen[id] {
		return true, nil
	}
	if event == hookReview {
		if _, _, err := h.forge.submitted(body); err != nil {
			return false, &refusal{http.StatusBadRequest, err.Error()}
		}
		if err := h.capture(body); err != nil {
			return false, err
		}
		if err := h.forge.Capture(body); err != nil {
			return false, err
		}
	}
	h.seen[id] = true
	if h.order = append(h.order, id); len(h.order) > maxDeliveries {
		delete(h.seen, h.order[0])
		h.order = h.order[1:]
	}
	return false, nil
}

// changes are the changes that an event is about; "" stands for any. Events that
// change nothing of what is judged are about none.
func (p payload) changes(event, base string) []string {
	switch event {
	case "pull_request", hookReview:
		if p.PullRequest.Number > 0 {
			return []string{strconv.Itoa(p.PullRequest.Number)}
		}
	case "issue_comment":
		if p.Issue.PullRequest != nil && p.commands() {
			return []string{strconv.Itoa(p.Issue.Number)}
		}
	case "push":
		if p.Ref == "refs/heads/"+base {
			return []string{""}
		}
	case "check_run", "check_suite":
		var list []string
		for _, pull := range append(p.CheckRun.PullRequests, p.CheckSuite.PullRequests...) {
			list = append(list, strconv.Itoa(pull.Number))
		}
		if len(list) == 0 {
			list = []string{""} // GitHub names none for a fork's
		}
		return list
	}
	return nil
}

// said is how people ask for something, in the first line of a comment.
var said = regexp.MustCompile(`^/levee (?:confirm|recheck)\b`)

// commands reports whether a comment is a command of a person who may give one: the
// author of the change, or somebody of the project. Whose approval counts is decided
// elsewhere; this only keeps strangers and bots from making us look.
func (p payload) commands() bool {
	c := p.Comment
	if p.Action != "created" || c.User.Type != personType || !said.MatchString(c.Body) {
		return false
	}
	return strings.EqualFold(c.User.Login, p.Issue.User.Login) || slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, c.Association)
}
