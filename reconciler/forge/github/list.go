package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

const (
	maxPages = 50 // of one list
	maxReads = 6  // of a list until two readings are equal
)

// listAll reads a whole list. When an entry goes, those behind it move to earlier pages and
// one can be missed, so a list of several pages is read until two readings are equal.
func listAll[T any](read func(github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
	var before []T
	for range maxReads {
		list, pages, err := listPages(read)
		if err != nil || pages <= 1 {
			return list, err
		}
		if before != nil && reflect.DeepEqual(before, list) {
			return list, nil
		}
		before = list
	}
	return nil, errors.New("the list changes faster than it can be read; it is tried again")
}

func listPages[T any](read func(github.ListOptions) ([]T, *github.Response, error)) (list []T, pages int, err error) {
	at := github.ListOptions{PerPage: 100}
	for pages = 1; ; pages++ {
		page, resp, err := read(at)
		if err != nil {
			return nil, pages, err
		}
		list = append(list, page...)
		if resp.NextPage == 0 {
			return list, pages, nil
		}
		if pages == maxPages {
			return nil, pages, fmt.Errorf("the list has more than %d pages", maxPages)
		}
		at.Page = resp.NextPage
	}
}

// stampSettles is how long after GitHub says that a pull request was updated its stamp is
// still empty. updated_at counts seconds, so that two movements within one look like one,
// and other lists may show a movement later than the list of pull requests does.
const stampSettles = 30 * time.Second

// Changes implements forge.Forge. It is one request for each hundred open pull requests.
//
// The stamp is of the fields that the list shows: the head and its branch, the base, the
// draft state, title and author, the requested reviewers, and updated_at. GitHub does not
// document what moves updated_at. Observed are comments, reviews and their dismissal,
// labels and pushes; not check runs and statuses, nor what depends on the repository, such
// as who is a collaborator. Of those, check runs come as webhooks, and for the rest callers
// read each change anew from time to time.
func (f *Forge) Changes(ctx context.Context, base string) ([]forge.Listed, error) {
	if base == "" {
		return nil, f.wrapError(errors.New("no branch is named"), "list the pull requests")
	}
	var at time.Time // of the oldest page, by GitHub's clock; zero where it does not say
	pulls, err := listAll(func(page github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		list, resp, err := f.client.PullRequests.List(ctx, f.owner, f.repo, &github.PullRequestListOptions{
			State: "open", Base: base, Sort: "created", Direction: "asc", ListOptions: page,
		})
		if err == nil && page.Page <= 1 {
			at, _ = http.ParseTime(resp.Header.Get("Date"))
		}
		return list, resp, err
	})
	if err != nil {
		return nil, f.wrapError(err, "list the pull requests for %s", forge.Cut(base, maxTitle))
	}
	list, heads := []forge.Listed{}, map[string][]string{}
	for _, p := range pulls {
		id := strconv.Itoa(p.GetNumber())
		if last, ok := f.pulls.Peek(id); ok && last.GetHead().GetSHA() != p.GetHead().GetSHA() {
			f.pulls.Remove(id)
		}
		if p.GetBase().GetRef() == base {
			list = append(list, forge.Listed{ID: id, Stamp: stampOf(p, at)})
			heads[p.GetHead().GetSHA()] = append(heads[p.GetHead().GetSHA()], id)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heads = heads
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
	return hashOf(strings.Join(facts, "\x00"))[:32]
}

// headedBy lists the open pull requests that had a commit for a head when they were listed
// last.
func (f *Forge) headedBy(sha string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.heads[sha]
}
