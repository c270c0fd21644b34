package pulls

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// stampSettles is how long after GitHub says that a pull request was updated its stamp is
// still empty. updated_at counts seconds, so that two movements within one look like one,
// and other lists may show a movement later than the list of pull requests does.
const stampSettles = 30 * time.Second

// List lists the open pull requests for a branch. It is one request for each hundred open pull requests.
//
// The stamp is of the fields that the list shows: the head and its branch, the base, the
// draft state, title and author, the requested reviewers, and updated_at. GitHub does not
// document what moves updated_at. Observed are comments, reviews and their dismissal,
// labels and pushes; not check runs and statuses, nor what depends on the repository, such
// as who is a collaborator. Of those, check runs come as webhooks, and for the rest callers
// read each change anew from time to time.
func (ps *Pulls) List(ctx context.Context, base string) ([]forge.Listed, error) {
	var at time.Time // of the oldest page, by GitHub's clock; zero where it does not say
	pulls, err := api.ListAll(func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		list, resp, err := ps.Client.PullRequests.List(ctx, ps.Owner, ps.Name, &github.PullRequestListOptions{
			State: "open", Base: base, Sort: "created", Direction: "asc", ListOptions: page,
		})
		if err == nil && page.Page <= 1 {
			at, _ = http.ParseTime(resp.Header.Get("Date"))
		}
		return list, resp, err
	})
	if err != nil {
		return nil, err
	}
	list, heads := []forge.Listed{}, map[string][]string{}
	for _, p := range pulls {
		id := strconv.Itoa(p.GetNumber())
		if last, ok := ps.read.Peek(id); ok && last.GetHead().GetSHA() != p.GetHead().GetSHA() {
			ps.read.Remove(id)
		}
		if p.GetBase().GetRef() == base {
			list = append(list, forge.Listed{ID: id, Stamp: stampOf(p, at)})
			heads[p.GetHead().GetSHA()] = append(heads[p.GetHead().GetSHA()], id)
		}
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.heads = heads
	return list, nil
}

// stampOf is the stamp of a pull request from a list of an instant; empty while it is young.
func stampOf(p *github.PullRequest, at time.Time) string {
	if at.Before(p.GetUpdatedAt().Add(stampSettles)) || p.GetUpdatedAt().IsZero() {
		return ""
	}
	facts := []string{
		p.GetUpdatedAt().UTC().Format(time.RFC3339), p.GetHead().GetSHA(), p.GetHead().GetRepo().GetFullName(), p.GetHead().GetRef(),
		p.GetBase().GetRef(), strconv.FormatBool(p.GetDraft()), p.GetTitle(), p.GetUser().GetLogin(),
	}
	for _, u := range p.RequestedReviewers {
		facts = append(facts, u.GetLogin())
	}
	return api.Hash(strings.Join(facts, "\x00"))[:32]
}

// HeadedBy lists the open pull requests that had a commit for a head when they were listed
// last.
func (ps *Pulls) HeadedBy(sha string) []string {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.heads[sha]
}
