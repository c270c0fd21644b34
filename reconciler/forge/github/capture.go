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

// capturedReview is what a review said when it was submitted, before GitHub could change it.
type capturedReview struct {
	base     string // the branch that the pull request was for; the review does not count for another
	commit   catalog.Commit
	confirms string
	at       time.Time
}

// memory keeps what was captured of reviews, by key. The first capture of a review stays.
type memory struct {
	mu    sync.Mutex
	by    map[string]capturedReview
	order []string
}

// maxCaptured bounds a memory. The oldest go first; they are in the ledger by then.
const maxCaptured = 20_000

func newMemory() *memory { return &memory{by: map[string]capturedReview{}} }

func (m *memory) get(key string) (capturedReview, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.by[key]
	return w, ok
}

func (m *memory) add(key string, w capturedReview) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if first, ok := m.by[key]; ok {
		// Change may have seen the review before its payload arrived. Only the payload has
		// the text as it was submitted.
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

// Capture remembers the head for which a review was submitted, from the payload of a
// pull_request_review webhook whose signature Handler checked. Later GitHub may show
// another head for the same review. Only the first payload of a review counts, and only
// one with the action "submitted"; payloads of other actions and other repositories are
// ignored. The daemon calls it again with the payloads in its spool when it starts. A
// payload that cannot be read is an error.
func (f *Forge) Capture(payload []byte) error {
	key, w, err := f.submitted(payload)
	if err != nil || key == "" {
		return err
	}
	f.captured.add(key, w)
	return nil
}

// submitted reads the payload of a review. The key is empty for a payload of another
// repository or another action.
func (f *Forge) submitted(payload []byte) (key string, w capturedReview, err error) {
	e := github.PullRequestReviewEvent{}
	if err := json.Unmarshal(payload, &e); err != nil {
		return "", w, errors.New("capture a review: the payload is not one of GitHub's")
	}
	if !strings.EqualFold(e.GetRepo().GetOwner().GetLogin(), f.owner) || !strings.EqualFold(e.GetRepo().GetName(), f.repo) ||
		e.GetAction() != "submitted" {
		return "", w, nil
	}
	number, review, commit := e.GetPullRequest().GetNumber(), e.GetReview().GetID(), e.GetReview().GetCommitID()
	if number <= 0 || review <= 0 || !isCommitID(commit) {
		return "", w, fmt.Errorf("capture a review: the payload of pull request %d lacks the review or its commit", number)
	}
	return f.reviewKey(number, review), capturedReview{
		base: e.GetPullRequest().GetBase().GetRef(), commit: catalog.Commit(commit), confirms: confirmedDigest(e.GetReview().GetBody()), at: e.GetReview().GetSubmittedAt().UTC(),
	}, nil
}

// isCommitID reports whether a text is a full commit id.
func isCommitID(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
