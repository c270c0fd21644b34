package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/reviews"
)

// Capture remembers the head for which a review was submitted, from the payload of a
// pull_request_review webhook whose signature Handler checked. Later GitHub may show
// another head for the same review. Only the first payload of a review counts, and only
// one with the action "submitted"; payloads of other actions and other repositories are
// ignored. The daemon calls it again with the payloads in its spool when it starts. A
// payload that cannot be read is an error, and one that is no evidence gives none.
func Capture(known Known, body []byte) (forge.Evidence, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return forge.Evidence{}, errors.New("capture a review: the payload is not one of GitHub's")
	}
	e, r, err := submitted(known.Repository, p, body)
	if err == nil && e.Review != "" {
		known.Captured.Add(e.Change+"/"+e.Review, r)
	}
	return e, err
}

// submitted reads the payload of a review. The evidence is empty for a payload of another
// repository or another action, and for mere words.
func submitted(r *api.Repository, p payload, body []byte) (e forge.Evidence, review reviews.Captured, err error) {
	if !p.of(r) || p.Action != "submitted" {
		return e, review, nil
	}
	if p.PullRequest.Number <= 0 || p.Review.ID <= 0 || !api.IsCommitID(p.Review.Commit) {
		return e, review, fmt.Errorf("capture a review: the payload of pull request %d lacks the review or its commit", p.PullRequest.Number)
	}
	review = reviews.Captured{Base: p.PullRequest.Base.Ref, Commit: catalog.Commit(p.Review.Commit), Confirms: reviews.ConfirmedDigest(p.Review.Body)}
	if strings.EqualFold(p.Review.State, "commented") && review.Confirms == "" {
		return e, review, nil
	}
	return forge.Evidence{Change: strconv.Itoa(p.PullRequest.Number), Review: strconv.FormatInt(p.Review.ID, 10), Payload: body}, review, nil
}
