package reviews

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/history"
)

const maxText = 16 << 10 // bytes of a review's text

// reviewVerdict translates GitHub's state of a review. It is false for states that are no
// verdict, such as those of comments and drafts.
func reviewVerdict(state string) (catalog.Review, bool) {
	switch state {
	case "APPROVED":
		return catalog.Approve, true
	case "CHANGES_REQUESTED":
		return catalog.Reject, true
	case "DISMISSED":
		return catalog.Dismiss, true
	}
	return "", false
}

// Reader reads what the reviews of a pull request say, and which of them are witnessed.
type Reader struct {
	*api.Repository
	captured *Captures
}

// NewReader is for the reviews of a repository, of which some were captured.
func NewReader(r *api.Repository, captured *Captures) *Reader { return &Reader{r, captured} }

// Of are the verdicts among the reviews of a pull request, in the order given. The commit of a review
// that was captured is the captured one.
func (in *Reader) Of(ctx context.Context, p *github.PullRequest, given []*github.PullRequestReview, pushed history.Pushes, self string) ([]forge.Review, error) {
	var list []forge.Review
	var events *timeline
	for _, r := range given {
		verdict, ok := reviewVerdict(r.GetState())
		if !ok {
			continue
		}
		review := forge.Review{
			ID: strconv.FormatInt(r.GetID(), 10), By: api.IdentityOf(r.User), Bot: r.User == nil || api.IsBot(r.User) || api.HasLogin(r.User, self), Review: verdict,
			Commit: catalog.Commit(r.GetCommitID()), At: r.GetSubmittedAt().UTC(), Text: forge.Cut(r.GetBody(), maxText),
		}
		if seen, ok := in.captured.Get(Key(p.GetNumber(), r.GetID())); ok {
			review.Commit, review.Witnessed = seen.Commit, seen.Base == p.GetBase().GetRef()
		} else if review.Commit == catalog.Commit(p.GetHead().GetSHA()) {
			if events == nil {
				all, err := in.Timeline(ctx, p.GetNumber())
				if err != nil {
					return nil, err
				}
				events = &timeline{all}
			}
			review.Witnessed = headUnmoved(p, pushed, events, r)
		}
		list = append(list, review)
	}
	slices.SortStableFunc(list, func(a, b forge.Review) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return in.addConfirmations(ctx, p, given, list)
}

// headUnmoved reports whether the head has not moved since a review was submitted, by the
// timeline and, where they can be listed, by the pushes.
func headUnmoved(p *github.PullRequest, pushed history.Pushes, events *timeline, r *github.PullRequestReview) bool {
	at := r.GetSubmittedAt().Time
	if at.IsZero() || events.movedSince(at, r.GetID()) {
		return false
	}
	return !pushed.Known || pushed.UnmovedSince(at, p.GetHead().GetSHA())
}
