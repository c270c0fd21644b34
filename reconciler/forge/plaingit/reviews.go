package plaingit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

const tags = "refs/tags/"

// reviewTags are the starts of the names of review tags of a change. The second is for
// where somebody put a tag where the first needs a folder.
func reviewTags(change string) []string {
	return []string{"levee/review/" + change + "/", "levee-review/" + change + "/"}
}

// A reviewRef is a ref that is named like a review.
type reviewRef struct {
	gitrepo.Tip
	person string
	number int // zero where it is none
}

// reviewRefs lists the refs that are named like reviews of a change. A change
// whose name goes on behind a slash is another one.
func reviewRefs(repo *gitrepo.Repo, change string) []reviewRef {
	var refs []reviewRef
	for _, start := range reviewTags(change) {
		prefix := tags + start
		for _, tip := range repo.Tips(prefix) {
			person, number, _ := strings.Cut(strings.TrimPrefix(string(tip.Ref), prefix), "/")
			if strings.Contains(number, "/") {
				continue
			}
			refs = append(refs, reviewRef{Tip: tip, person: person, number: numberOf(number)})
		}
	}
	return refs
}

// numberOf reads the number of a review; zero where it is none.
func numberOf(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && strconv.Itoa(n) == s {
		return n
	}
	return 0
}

// maxLoose is how many refs that are only named like reviews are told one by one.
const maxLoose = 20

// reviews reads the reviews of changes.
type reviews struct {
	*branches
	daemon *daemon
}

// of reads the reviews of a change in the order given, and says which refs
// are only named like one. Anybody can push as many of those as they like, so they are
// passed over; beyond some they are only counted.
func (in *reviews) of(ctx context.Context, s span) ([]forge.Review, []Problem, error) {
	refs := reviewRefs(in.repo, s.id)
	var list []forge.Review
	var problems []Problem
	numbers := map[string]int{}
	for _, ref := range refs {
		r, err := in.review(ctx, s, ref)
		if reason := (*notReview)(nil); errors.As(err, &reason) {
			problems = append(problems, Problem{s.id, ref.Ref, ref.ID, reason.Error()})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", ref.Ref, err)
		}
		numbers[r.ID] = ref.number
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b forge.Review) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(numbers[a.ID], numbers[b.ID]), cmp.Compare(a.ID, b.ID))
	})
	if more := len(problems) - maxLoose; more > 0 {
		problems = append(problems[:maxLoose], Problem{Change: s.id, Reason: fmt.Sprintf("%d more tags below %s are no reviews", more, strings.Join(reviewTags(s.id), " and "))})
	}
	return list, problems, nil
}

// notReview says why a ref that is named like a review is none. Any other error
// means that it could not be told.
type notReview struct{ reason string }

func (n *notReview) Error() string { return n.reason }

func not(format string, args ...any) error { return &notReview{fmt.Sprintf(format, args...)} }

func (in *reviews) review(ctx context.Context, s span, ref reviewRef) (forge.Review, error) {
	tag, err := in.repo.Tag(ctx, ref.ID)
	switch {
	case errors.Is(err, gitrepo.ErrNotFound):
		return forge.Review{}, not("it is no annotated tag; sign it, as with git tag -s")
	case errors.Is(err, gitrepo.ErrMalformed), errors.Is(err, catalog.ErrTooLarge):
		return forge.Review{}, not("%v", err)
	case err != nil:
		return forge.Review{}, err
	case ref.number == 0:
		return forge.Review{}, not("its name does not end in a person and a number")
	case tags+tag.Name != string(ref.Ref):
		return forge.Review{}, not("it was made as %q and copied here", forge.Cut(tag.Name, maxName))
	}
	key, err := signerOf(tag.Verify)
	if err != nil {
		return forge.Review{}, not("%v", err)
	}
	says, err := ParseReview(tag.Message)
	switch {
	case err != nil:
		return forge.Review{}, not("%v", err)
	case says.Change != s.id:
		return forge.Review{}, not("its text is about the change %q", forge.Cut(says.Change, maxName))
	case tag.Tagger.When.After(in.daemon.now().Add(maxSkew)):
		return forge.Review{}, not("it is dated %s, in the future, and would outlive its own withdrawal", tag.Tagger.When.UTC().Format("2006-01-02 15:04"))
	}
	if err := in.recent(ctx, s, tag); err != nil {
		return forge.Review{}, err
	}
	return forge.Review{
		ID: string(ref.ID), By: forge.Identity{Key: key.String()}, Bot: in.daemon.has(key), Review: says.Verdict,
		Commit: catalog.Commit(tag.Target), Digests: says.Digests, At: tag.Tagger.When.UTC(),
		Witnessed: true, Confirms: says.Confirms, Text: says.Text,
	}, nil
}

// recent reports a review that belongs to an earlier change of the same name, or
// to no commit at all.
func (in *reviews) recent(ctx context.Context, s span, tag *gitrepo.TagInfo) error {
	if tag.Kind != "commit" {
		return not("it points to a %q and not to a commit", forge.Cut(tag.Kind, 20))
	}
	target := catalog.Commit(tag.Target)
	switch old, err := in.repo.Descends(ctx, s.before, target); {
	case errors.Is(err, gitrepo.ErrNotFound):
		return not("it points to a commit that is not there")
	case err != nil:
		return err
	case old:
		return not("it points to %s, which was on %s before the change", target.Short(), in.base)
	}
	if !s.since.IsZero() && !tag.Tagger.When.After(s.since) {
		return not("it is from before %s, when another change of this name landed", s.since.UTC().Format("2006-01-02 15:04:05"))
	}
	return nil
}
