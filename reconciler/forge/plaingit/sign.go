package plaingit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// Reviewer is who signs a review.
type Reviewer struct {
	Person catalog.Name   // keeps the names of tags apart; the key says who it is
	As     gitrepo.Person // the tagger; its time is when the review is given
	Signer *gitrepo.Signer
}

// Signed is a review that was published.
type Signed struct {
	ID  string // forge.Review.ID
	Tag string // its name
}

// attempts is how often a number is chosen anew because somebody else took it.
const attempts = 5

// Sign publishes a review of the commit that was looked at: it writes the text,
// signs it as a tag with the reviewer's next number, and pushes that tag and
// nothing else. The commit must be in the mirror. A lost race for the number is
// tried again after a fetch; any other error is the push's own, and after one that
// is none of gitrepo's sentinels the tag may be there.
func Sign(ctx context.Context, repo *gitrepo.Repo, by Reviewer, commit catalog.Commit, r Review) (Signed, error) {
	fail := func(err error) (Signed, error) {
		return Signed{}, fmt.Errorf("sign a review of %s: %w", cut(r.Change, maxName), err)
	}
	person := string(by.Person)
	if by.Signer == nil || !plainName(person) || strings.Contains(person, "/") {
		return fail(fmt.Errorf("it needs a key and the name of a person, not %q", cut(person, maxName)))
	}
	text, err := r.Encode()
	if err != nil {
		return fail(err)
	}
	for range attempts {
		signed, err := sign(ctx, repo, by, commit, r.Change, text)
		if err == nil {
			return signed, nil
		}
		if !errors.Is(err, gitrepo.ErrStale) {
			return fail(err)
		}
		if _, err := repo.Fetch(ctx); err != nil {
			return fail(err)
		}
	}
	return fail(fmt.Errorf("%d times somebody else used the number first: %w", attempts, gitrepo.ErrStale))
}

func sign(ctx context.Context, repo *gitrepo.Repo, by Reviewer, commit catalog.Commit, change, text string) (Signed, error) {
	number, when, err := next(ctx, repo, change, by)
	if err != nil {
		return Signed{}, err
	}
	b, err := repo.Batch(ctx, commit)
	if err != nil {
		return Signed{}, err
	}
	name := fmt.Sprintf("%s%s/%d", reviewTag(change), by.Person, number)
	tagger := by.As
	tagger.When = when
	id, err := b.Tag(commit, gitrepo.TagDraft{Name: name, Message: text, Tagger: tagger, Signer: by.Signer})
	if err != nil {
		return Signed{}, err
	}
	if err := repo.Push(ctx, b, gitrepo.Update{Ref: gitrepo.Ref(tags + name), New: id}); err != nil {
		return Signed{}, err
	}
	return Signed{string(id), name}, nil
}

// next is the number and the time of a person's next review. Tags hold seconds, and
// of two reviews in one second nobody could say which came last.
func next(ctx context.Context, repo *gitrepo.Repo, change string, by Reviewer) (int, time.Time, error) {
	number, when := 1, by.As.When.UTC().Truncate(time.Second)
	for _, ref := range reviewRefs(repo, change) {
		if ref.person != string(by.Person) || ref.number < number {
			continue
		}
		number = ref.number + 1
		tag, err := repo.Tag(ctx, ref.ID)
		if err != nil {
			if errors.Is(err, gitrepo.ErrNotFound) || errors.Is(err, gitrepo.ErrMalformed) || errors.Is(err, catalog.ErrTooLarge) {
				continue // it is no review, but has taken the number
			}
			return 0, when, err
		}
		if last := tag.Tagger.When; !last.Before(when) && last.Before(when.Add(maxSkew)) {
			when = last.UTC().Add(time.Second)
		}
	}
	return number, when, nil
}
