package pulls

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Merges lands pull requests.
type Merges struct {
	*api.Repository
	pulls   *Pulls
	created *lru.Cache[string, int64]
	method  string // "merge", "squash" or "rebase"
	now     func() time.Time
}

// NewMerges remembers in created what it landed.
func NewMerges(pulls *Pulls, created *lru.Cache[string, int64], method string, now func() time.Time) *Merges {
	return &Merges{pulls.Repository, pulls, created, method, now}
}

// Land merges a pull request. The request names the head that was judged, and GitHub
// refuses if there is another. After a refusal the pull request is read again: if somebody
// merged it meanwhile, that is no error.
func (m *Merges) Land(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := m.pulls.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	if p.GetMerged() {
		return forge.Receipt{Commit: catalog.Commit(p.GetMergeCommitSHA())}, nil
	}
	title, message, _ := strings.Cut(forge.Plain(a.Land.Message), "\n")
	result, _, err := m.Client.PullRequests.Merge(ctx, m.Owner, m.Name, p.GetNumber(), forge.Cut(strings.TrimSpace(message), api.MaxBody),
		&github.PullRequestOptions{CommitTitle: mergeTitle(title, p), SHA: string(a.Head), MergeMethod: m.method})
	m.pulls.Forget(a.Change) // it is merged now, or there is a reason to read it anew
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
	if api.Status(err) == http.StatusMethodNotAllowed && strings.Contains(strings.ToLower(api.Message(err)), "base branch was modified") {
		return forge.Receipt{}, fmt.Errorf("%w: %s", forge.ErrStale, api.Message(err))
	}
	return forge.Receipt{}, api.WriteError(err)
}

// mergeTitle is the first line of the commit message, with the number of the pull request
// at its end, as GitHub writes it.
func mergeTitle(title string, p *github.PullRequest) string {
	title = forge.Cut(api.OneLine(title), api.MaxTitle)
	if title == "" {
		title = "Land change"
	}
	return fmt.Sprintf("%s (#%d)", title, p.GetNumber())
}
