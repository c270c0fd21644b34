package plaingit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Reviewer is who signs a review.
type Reviewer struct {
	Person catalog.Name   // keeps the names of tags apart; the key says who it is
	As     gitrepo.Person // the tagger; its time is when the review is given
	Signer *sshkey.Signer
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
		return Signed{}, fmt.Errorf("sign a review of %s: %w", forge.Cut(r.Change, maxName), err)
	}
	person := string(by.Person)
	if by.Signer == nil || !plainName(person) || strings.Contains(person, "/") {
		return fail(fmt.Errorf("it needs a key and the name of a person, not %q", forge.Cut(person, maxName)))
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
	folder, err := folderFor(repo, change, string(by.Person))
	if err != nil {
		return Signed{}, err
	}
	number, when, err := next(ctx, repo, folder, by)
	if err != nil {
		return Signed{}, err
	}
	b, err := repo.Batch(ctx, commit)
	if err != nil {
		return Signed{}, err
	}
	name := fmt.Sprintf("%s%d", folder, number)
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

// maxFolders is how many folders are tried before somebody has to clean up.
const maxFolders = 9

// folderFor is where the next review of a person goes: below their name, or one like it
// where a tag stands in the way, which no server lets be a folder too.
func folderFor(repo *gitrepo.Repo, change, person string) (string, error) {
	var stands string
	for _, start := range reviewTags(change) {
		for n := 1; n <= maxFolders; n++ {
			folder := start + person + "/"
			if n > 1 {
				folder = fmt.Sprintf("%s%s-%d/", start, person, n)
			}
			blocking := inTheWay(repo, folder)
			if blocking == "" {
				return folder, nil
			}
			if stands == "" {
				stands = blocking
			}
			if len(blocking) < len(start) {
				break // of everything below the start
			}
		}
	}
	return "", fmt.Errorf("%w: the tag %s stands where a folder has to be; take it away, as with git push origin --delete refs/tags/%s", forge.ErrRefused, stands, stands)
}

// inTheWay is the tag that stands where a folder, or one above it, has to be.
func inTheWay(repo *gitrepo.Repo, folder string) string {
	for i, c := range folder {
		if c == '/' {
			if _, err := repo.Tip(gitrepo.Ref(tags + folder[:i])); err == nil {
				return folder[:i]
			}
		}
	}
	return ""
}

// maxNumber bounds the numbers that are counted on from: a tag of another one is
// somebody's joke.
const maxNumber = 1_000_000

// next is the number and the time of the next review in a person's folder. Tags hold
// seconds, and of two reviews by one key in one second nobody could say which came
// last. What others put there only takes numbers.
func next(ctx context.Context, repo *gitrepo.Repo, folder string, by Reviewer) (int, time.Time, error) {
	number, when := 1, by.As.When.UTC().Truncate(time.Second)
	for _, tip := range repo.Tips(tags + folder) {
		taken, _, _ := strings.Cut(strings.TrimPrefix(string(tip.Ref), tags+folder), "/")
		if n := numberOf(taken); n >= number && n < maxNumber {
			number = n + 1
		}
		tag, err := repo.Tag(ctx, tip.ID)
		if err != nil {
			if errors.Is(err, gitrepo.ErrNotFound) || errors.Is(err, gitrepo.ErrMalformed) || errors.Is(err, catalog.ErrTooLarge) {
				continue // it is no review
			}
			return 0, when, err
		}
		if key, err := signerOf(tag.Verify); err != nil || !key.Equal(by.Signer.Public()) {
			continue
		}
		if last := tag.Tagger.When; !last.Before(when) && last.Before(when.Add(maxSkew)) {
			when = last.UTC().Add(time.Second)
		}
	}
	return number, when, nil
}
