package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// capturedReview is what a review said when it was submitted, before GitHub could change it.
type capturedReview struct {
	base     string // the branch that the pull request was for; the review does not count for another
	commit   catalog.Commit
	confirms string
}

// maxCaptured bounds the captured reviews. The oldest go first; they are in the ledger by
// then.
const maxCaptured = 20_000

// captures are the reviews as they were when they were submitted, by reviewKey.
type captures struct {
	mu      sync.Mutex // held while one is added
	reviews *lru.Cache[string, capturedReview]
}

func newCaptures() *captures { return &captures{reviews: newLRU[capturedReview](maxCaptured)} }

// get returns what is remembered of a review.
func (c *captures) get(key string) (capturedReview, bool) { return c.reviews.Get(key) }

// add remembers a review. The first capture of a review stays.
func (c *captures) add(key string, r capturedReview) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, ok := c.reviews.Peek(key)
	// Change may have seen the review before its payload arrived. Only the payload has the
	// text as it was submitted.
	if !ok || first.confirms == "" && first.base == r.base && first.commit == r.commit {
		c.reviews.Add(key, r)
	}
}

// Capture remembers the head for which a review was submitted, from the payload of a
// pull_request_review webhook whose signature Handler checked. Later GitHub may show
// another head for the same review. Only the first payload of a review counts, and only
// one with the action "submitted"; payloads of other actions and other repositories are
// ignored. The daemon calls it again with the payloads in its spool when it starts. A
// payload that cannot be read is an error, and one that is no evidence gives none.
func (f *Forge) Capture(body []byte) (forge.Evidence, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return forge.Evidence{}, errors.New("capture a review: the payload is not one of GitHub's")
	}
	e, r, err := f.repository.submitted(p, body)
	if err == nil && e.Review != "" {
		f.captured.add(e.Change+"/"+e.Review, r)
	}
	return e, err
}

// submitted reads the payload of a review. The evidence is empty for a payload of another
// repository or another action, and for mere words.
func (r *repository) submitted(p payload, body []byte) (e forge.Evidence, review capturedReview, err error) {
	if !p.of(r) || p.Action != "submitted" {
		return e, review, nil
	}
	if p.PullRequest.Number <= 0 || p.Review.ID <= 0 || !isCommitID(p.Review.Commit) {
		return e, review, fmt.Errorf("capture a review: the payload of pull request %d lacks the review or its commit", p.PullRequest.Number)
	}
	review = capturedReview{base: p.PullRequest.Base.Ref, commit: catalog.Commit(p.Review.Commit), confirms: confirmedDigest(p.Review.Body)}
	if strings.EqualFold(p.Review.State, "commented") && review.confirms == "" {
		return e, review, nil
	}
	return forge.Evidence{Change: strconv.Itoa(p.PullRequest.Number), Review: strconv.FormatInt(p.Review.ID, 10), Payload: body}, review, nil
}

// isCommitID reports whether a text is a full commit id.
func isCommitID(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
