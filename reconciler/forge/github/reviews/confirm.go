package reviews

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// confirmCommand matches the first line of a comment by which a reviewer confirms a digest. It
// has to name the digest, because GitHub does not say which head a commenter looked at.
var confirmCommand = regexp.MustCompile(`^/levee confirm (?:[a-z][a-z0-9]{0,15}:)?([0-9a-f]{7,64})[ \t]*(?:\r?\n|$)`)

// ConfirmedDigest returns the digest that a comment or review confirms; empty for none.
func ConfirmedDigest(text string) string {
	if m := confirmCommand.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// addConfirmations sets Confirms of the approvals whose givers confirmed them, in the approval
// itself, in a later comment, or in a later review of the kind "comment". People with
// write access can edit the texts of others, so a comment counts only if it was never
// edited, and a review only with the text that was captured.
func (in *Reader) addConfirmations(ctx context.Context, p *github.PullRequest, given []*github.PullRequestReview, list []forge.Review) ([]forge.Review, error) {
	if len(list) == 0 {
		return list, nil
	}
	comments, err := in.Comments(ctx, p.GetNumber())
	if err != nil {
		return nil, err
	}
	for _, c := range comments {
		if digest := ConfirmedDigest(c.GetBody()); digest != "" && !api.IsBot(c.User) && c.GetCreatedAt().Equal(c.GetUpdatedAt()) {
			confirmLatest(list, c.User, c.GetCreatedAt().Time, digest)
		}
	}
	for _, r := range given {
		seen, ok := in.captured.Get(Key(p.GetNumber(), r.GetID()))
		if !ok || seen.Confirms == "" || seen.Base != p.GetBase().GetRef() || api.IsBot(r.User) {
			continue
		}
		if r.GetState() == "COMMENTED" {
			confirmLatest(list, r.User, r.GetSubmittedAt().Time, seen.Confirms)
			continue
		}
		for i := range list {
			if list[i].ID == strconv.FormatInt(r.GetID(), 10) && list[i].Review == catalog.Approve {
				list[i].Confirms = seen.Confirms
			}
		}
	}
	return list, nil
}

// confirmLatest sets Confirms of the last review that somebody gave before an instant, if that
// review is an approval.
func confirmLatest(list []forge.Review, by *github.User, at time.Time, digest string) {
	for i := len(list) - 1; i >= 0; i-- {
		if strings.EqualFold(list[i].By.Login, by.GetLogin()) && !list[i].At.After(at) {
			if list[i].Review == catalog.Approve {
				list[i].Confirms = digest
			}
			return
		}
	}
}
