package github

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
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

// listReviews lists the reviews of a pull request.
func (f *Forge) listReviews(ctx context.Context, number int) ([]*github.PullRequestReview, error) {
	list, err := listAll(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return f.client.PullRequests.ListReviews(ctx, f.owner, f.repo, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("list its reviews: %w", err)
	}
	return list, nil
}

// reviews are the verdicts among the reviews of a pull request, in the order given. The commit of a review
// that was captured is the captured one.
func (f *Forge) reviews(ctx context.Context, p *github.PullRequest, given []*github.PullRequestReview, pushed pushes, self string) ([]forge.Review, error) {
	var err error
	var list []forge.Review
	var events *timeline
	for _, r := range given {
		verdict, ok := reviewVerdict(r.GetState())
		if !ok {
			continue
		}
		review := forge.Review{
			ID: strconv.FormatInt(r.GetID(), 10), By: identityOf(r.User), Bot: r.User == nil || isBot(r.User) || hasLogin(r.User, self), Review: verdict,
			Commit: catalog.Commit(r.GetCommitID()), At: r.GetSubmittedAt().UTC(), Text: forge.Cut(r.GetBody(), maxText),
		}
		if seen, ok := f.captured.Get(reviewKey(p.GetNumber(), r.GetID())); ok {
			review.Commit, review.Witnessed = seen.commit, seen.base == p.GetBase().GetRef()
		} else if review.Commit == catalog.Commit(p.GetHead().GetSHA()) {
			if events == nil {
				if events, err = f.timeline(ctx, p.GetNumber()); err != nil {
					return nil, err
				}
			}
			review.Witnessed = f.headUnmoved(p, pushed, events, r)
		}
		list = append(list, review)
	}
	slices.SortStableFunc(list, func(a, b forge.Review) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return f.addConfirmations(ctx, p, given, list)
}

// reviewKey is the key of a review in Forge.captured.
func reviewKey(pull int, review int64) string { return fmt.Sprintf("%d/%d", pull, review) }

// headUnmoved reports whether the head has not moved since a review was submitted, by the
// timeline and, where they can be listed, by the pushes.
func (f *Forge) headUnmoved(p *github.PullRequest, pushed pushes, events *timeline, r *github.PullRequestReview) bool {
	at := r.GetSubmittedAt().Time
	if at.IsZero() || events.movedSince(at, r.GetID()) {
		return false
	}
	return !pushed.known || pushed.unmovedSince(at, p.GetHead().GetSHA())
}

// timeline is the events of a pull request, in GitHub's order.
type timeline struct{ events []*github.Timeline }

// timeline reads the events of a pull request.
func (f *Forge) timeline(ctx context.Context, number int) (*timeline, error) {
	events, err := listAll(func(at github.ListOptions) ([]*github.Timeline, *github.Response, error) {
		return f.client.Issues.ListIssueTimeline(ctx, f.owner, f.repo, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("read its timeline: %w", err)
	}
	return &timeline{events}, nil
}

// movedSince reports whether the head may have moved after a review was submitted. The
// time of a commit is what its author wrote, so an event also counts as later if it stands
// behind the review. If the list does not have the review yet it lags behind, and the
// result is true.
func (t *timeline) movedSince(at time.Time, review int64) bool {
	at = at.Truncate(time.Second)
	after := false
	for _, e := range t.events {
		switch e.GetEvent() {
		case "reviewed":
			if e.GetID() == review {
				after = true
			}
		case "committed":
			if after || !e.GetCommitter().GetDate().Before(at) {
				return true
			}
		case "head_ref_force_pushed", "head_ref_deleted", "head_ref_restored", "base_ref_changed", "base_ref_force_pushed":
			if after || !e.GetCreatedAt().Before(at) {
				return true
			}
		}
	}
	return !after
}
