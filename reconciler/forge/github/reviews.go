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

// meaning is what the states of reviews say. Others, like comments and drafts, give
// no verdict.
func meaning(state string) (catalog.Review, bool) {
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

// reviews reads what people said of a pull request, in the order given. The stamp
// of a review that was captured is the one it arrived with.
func (f *Forge) reviews(ctx context.Context, p *github.PullRequest, pushed pushes, self string) ([]forge.Review, error) {
	given, err := all(func(at github.ListOptions) ([]*github.PullRequestReview, *github.Response, error) {
		return f.client.PullRequests.ListReviews(ctx, f.owner, f.repo, p.GetNumber(), &at)
	})
	if err != nil {
		return nil, fmt.Errorf("list its reviews: %w", err)
	}
	var list []forge.Review
	var line *timeline
	for _, r := range given {
		verdict, ok := meaning(r.GetState())
		if !ok {
			continue
		}
		review := forge.Review{
			ID: strconv.FormatInt(r.GetID(), 10), By: person(r.User), Bot: r.User == nil || bot(r.User) || is(r.User, self), Review: verdict,
			Commit: catalog.Commit(r.GetCommitID()), At: r.GetSubmittedAt().UTC(), Text: cut(r.GetBody(), maxText),
		}
		if seen, ok := f.captured.get(f.key(p.GetNumber(), r.GetID())); ok {
			review.Commit, review.Witnessed = seen.commit, seen.base == p.GetBase().GetRef()
		} else if review.Commit == catalog.Commit(p.GetHead().GetSHA()) {
			if line == nil {
				if line, err = f.timeline(ctx, p.GetNumber()); err != nil {
					return nil, err
				}
			}
			if review.Witnessed = f.still(p, pushed, line, r); review.Witnessed {
				// The head can move only later than this, so the stamp is known now.
				f.captured.add(f.key(p.GetNumber(), r.GetID()), witnessed{base: p.GetBase().GetRef(), commit: review.Commit, at: review.At})
			}
		}
		list = append(list, review)
	}
	slices.SortStableFunc(list, func(a, b forge.Review) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return f.confirmed(ctx, p, given, list)
}

// key is what a review is remembered by.
func (f *Forge) key(pull int, review int64) string { return fmt.Sprintf("%d/%d", pull, review) }

// still reports whether the head has not moved since a review of it was submitted.
func (f *Forge) still(p *github.PullRequest, pushed pushes, line *timeline, r *github.PullRequestReview) bool {
	at := r.GetSubmittedAt().Time
	if at.IsZero() || line.movedSince(at, r.GetID()) {
		return false
	}
	return !pushed.known || pushed.stillSince(at, p.GetHead().GetSHA())
}

// A timeline is what happened to a pull request, in GitHub's order.
type timeline struct{ events []*github.Timeline }

// timeline reads the events of a pull request.
func (f *Forge) timeline(ctx context.Context, number int) (*timeline, error) {
	events, err := all(func(at github.ListOptions) ([]*github.Timeline, *github.Response, error) {
		return f.client.Issues.ListIssueTimeline(ctx, f.owner, f.repo, number, &at)
	})
	if err != nil {
		return nil, fmt.Errorf("read its timeline: %w", err)
	}
	return &timeline{events}, nil
}

// movedSince reports whether anything says that the head moved after a review was
// submitted. Commits have no time that could be trusted, only one that can be later
// by mistake; so their place in the list counts too. A timeline that does not have
// the review yet lags behind, and says nothing.
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
