package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// land merges a pull request at the head that was judged. GitHub compares the head
// itself, so that nothing pushed meanwhile lands. A refusal may come from somebody
// having merged it first, which another look tells.
func (f *Forge) land(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := f.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	if p.GetMerged() {
		return forge.Receipt{Commit: catalog.Commit(p.GetMergeCommitSHA())}, nil
	}
	title, message, _ := strings.Cut(plain(a.Land.Message), "\n")
	result, _, err := f.client.PullRequests.Merge(ctx, f.owner, f.repo, p.GetNumber(), cut(strings.TrimSpace(message), maxBody),
		&github.PullRequestOptions{CommitTitle: f.mergeTitle(title, p), SHA: string(a.Head), MergeMethod: f.merge})
	if err == nil && result.GetMerged() {
		f.wrote("land/"+result.GetSHA(), int64(p.GetNumber()))
		return forge.Receipt{Done: true, Commit: catalog.Commit(result.GetSHA())}, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: %s", forge.ErrRefused, result.GetMessage())
	}
	if again, other := f.current(ctx, a); other != nil {
		return forge.Receipt{}, other
	} else if again.GetMerged() {
		return forge.Receipt{Commit: catalog.Commit(again.GetMergeCommitSHA())}, nil
	}
	// The base branch moved in between; what would land is not what was judged.
	if status(err) == http.StatusMethodNotAllowed && strings.Contains(strings.ToLower(words(err)), "base branch was modified") {
		return forge.Receipt{}, fmt.Errorf("%w: %s", forge.ErrStale, words(err))
	}
	return forge.Receipt{}, refused(err)
}

// mergeTitle is the first line of a landing, which names the pull request as GitHub
// does.
func (f *Forge) mergeTitle(title string, p *github.PullRequest) string {
	title = cut(line1(title), maxTitle)
	if title == "" {
		title = "Land change"
	}
	return fmt.Sprintf("%s (#%d)", title, p.GetNumber())
}
