package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
)

// witnessed is a review as it was when it was submitted.
type witnessed struct {
	base     string // the branch that the change was for: a review belongs to both
	commit   catalog.Commit
	confirms string
	at       time.Time
}

// memory keeps what is known of reviews by key. What came first stays.
type memory struct {
	mu    sync.Mutex
	by    map[string]witnessed
	order []string
}

// maxCaptured bounds a memory. What falls out was recorded in the ledger long ago.
const maxCaptured = 20_000

func newMemory() *memory { return &memory{by: map[string]witnessed{}} }

func (m *memory) get(key string) (witnessed, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.by[key]
	return w, ok
}

func (m *memory) add(key string, w witnessed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if first, ok := m.by[key]; ok {
		// A look may come before the payload, which alone tells what was written then.
		if first.confirms == "" && first.base == w.base && first.commit == w.commit {
			m.by[key] = w
		}
		return
	}
	m.by[key] = w
	if m.order = append(m.order, key); len(m.order) > maxCaptured {
		delete(m.by, m.order[0])
		m.order = m.order[1:]
	}
}

// Capture takes a pull_request_review payload as Handler passed it on, whose
// signature was checked when it arrived: the one place where GitHub says which head
// a review was submitted for before it may say otherwise. Only the first payload of
// a review counts, and only one that tells of its submission. Payloads kept in a
// spool are captured again after a start. A payload that says nothing of a review
// of this repository is passed over.
func (f *Forge) Capture(payload []byte) error {
	key, w, err := f.submitted(payload)
	if err != nil || key == "" {
		return err
	}
	f.captured.add(key, w)
	return nil
}

// submitted reads the payload of a review; the key is empty where it tells of no
// submission here.
func (f *Forge) submitted(payload []byte) (key string, w witnessed, err error) {
	e := github.PullRequestReviewEvent{}
	if err := json.Unmarshal(payload, &e); err != nil {
		return "", w, errors.New("capture a review: the payload is not one of GitHub's")
	}
	if !strings.EqualFold(e.GetRepo().GetOwner().GetLogin(), f.owner) || !strings.EqualFold(e.GetRepo().GetName(), f.repo) ||
		e.GetAction() != "submitted" {
		return "", w, nil
	}
	number, review, commit := e.GetPullRequest().GetNumber(), e.GetReview().GetID(), e.GetReview().GetCommitID()
	if number <= 0 || review <= 0 || !commitForm(commit) {
		return "", w, fmt.Errorf("capture a review: the payload of pull request %d lacks the review or its commit", number)
	}
	return f.key(number, review), witnessed{
		base: e.GetPullRequest().GetBase().GetRef(), commit: catalog.Commit(commit), confirms: confirms(e.GetReview().GetBody()), at: e.GetReview().GetSubmittedAt().UTC(),
	}, nil
}

// commitForm reports whether a text is a whole commit id.
func commitForm(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
