package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// merges lands pull requests.
type merges struct {
	*repository
	pulls   *pulls
	created *lru.Cache[string, int64]
	method  string // "merge", "squash" or "rebase"
}

// land merges a pull request. The request names the head that was judged, and GitHub
// refuses if there is another. After a refusal the pull request is read again: if somebody
// merged it meanwhile, that is no error.
func (m *merges) land(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := m.pulls.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	if p.GetMerged() {
		return forge.Receipt{Commit: catalog.Commit(p.GetMergeCommitSHA())}, nil
	}
	title, message, _ := strings.Cut(forge.Plain(a.Land.Message), "\n")
	result, _, err := m.client.PullRequests.Merge(ctx, m.owner, m.name, p.GetNumber(), forge.Cut(strings.TrimSpace(message), maxBody),
		&github.PullRequestOptions{CommitTitle: mergeTitle(title, p), SHA: string(a.Head), MergeMethod: m.method})
	m.pulls.forget(a.Change) // it is merged now, or there is a reason to read it anew
	if err == nil && result.GetMerged() {
		m.created.Add("land/"+result.GetSHA(), int64(p.GetNumber()))
		return forge.Receipt{Done: true, Commit: catalog.Commit(result.GetSHA())}, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: %s", forge.ErrRefused, result.GetMessage())
	}
	if again, other := m.pulls.current(ctx, a); other != nil {
		return forge.Receipt{}, other
	} else if again.GetMerged() {
		return forge.Receipt{Commit: catalog.Commit(again.GetMergeCommitSHA())}, nil
	}
	// The base branch moved, so another tree would land than the one that was judged.
	if statusCode(err) == http.StatusMethodNotAllowed && strings.Contains(strings.ToLower(errorMessage(err)), "base branch was modified") {
		return forge.Receipt{}, fmt.Errorf("%w: %s", forge.ErrStale, errorMessage(err))
	}
	return forge.Receipt{}, writeError(err)
}

// mergeTitle is the first line of the commit message, with the number of the pull request
// at its end, as GitHub writes it.
func mergeTitle(title string, p *github.PullRequest) string {
	title = forge.Cut(oneLine(title), maxTitle)
	if title == "" {
		title = "Land change"
	}
	return fmt.Sprintf("%s (#%d)", title, p.GetNumber())
}
