package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

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

// addCaptured remembers a review. The first capture of a review stays.
func (f *Forge) addCaptured(key string, r capturedReview) {
	f.mu.Lock()
	defer f.mu.Unlock()
	first, ok := f.captured.Peek(key)
	// Change may have seen the review before its payload arrived. Only the payload has the
	// text as it was submitted.
	if !ok || first.confirms == "" && first.base == r.base && first.commit == r.commit {
		f.captured.Add(key, r)
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
	e, r, err := f.submitted(p, body)
	if err == nil && e.Review != "" {
		f.addCaptured(e.Change+"/"+e.Review, r)
	}
	return e, err
}

// submitted reads the payload of a review. The evidence is empty for a payload of another
// repository or another action, and for mere words.
func (f *Forge) submitted(p payload, body []byte) (e forge.Evidence, r capturedReview, err error) {
	if !p.of(f) || p.Action != "submitted" {
		return e, r, nil
	}
	if p.PullRequest.Number <= 0 || p.Review.ID <= 0 || !isCommitID(p.Review.Commit) {
		return e, r, fmt.Errorf("capture a review: the payload of pull request %d lacks the review or its commit", p.PullRequest.Number)
	}
	r = capturedReview{base: p.PullRequest.Base.Ref, commit: catalog.Commit(p.Review.Commit), confirms: confirmedDigest(p.Review.Body)}
	if strings.EqualFold(p.Review.State, "commented") && r.confirms == "" {
		return e, r, nil
	}
	return forge.Evidence{Change: strconv.Itoa(p.PullRequest.Number), Review: strconv.FormatInt(p.Review.ID, 10), Payload: body}, r, nil
}

// isCommitID reports whether a text is a full commit id.
func isCommitID(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
