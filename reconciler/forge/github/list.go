package github

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/google/go-github/v60/github"
)

const (
	maxPages = 50 // of one list
	maxReads = 6  // of a list that changes while it is read
)

// all reads a list page by page. What a page holds shifts when something before it
// goes, so a list of several pages counts only once two readings agree.
func all[T any](read func(github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
	var before []T
	for range maxReads {
		list, pages, err := once(read)
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

func once[T any](read func(github.ListOptions) ([]T, *github.Response, error)) (list []T, pages int, err error) {
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

// Changes implements forge.Forge.
func (f *Forge) Changes(ctx context.Context, base string) ([]string, error) {
	if base == "" {
		return nil, f.problem(errors.New("no branch is named"), "list the pull requests")
	}
	pulls, err := all(func(at github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return f.client.PullRequests.List(ctx, f.owner, f.repo, &github.PullRequestListOptions{
			State: "open", Base: base, Sort: "created", Direction: "asc", ListOptions: at,
		})
	})
	if err != nil {
		return nil, f.problem(err, "list the pull requests for %s", cut(base, maxTitle))
	}
	ids := []string{}
	for _, p := range pulls {
		if p.GetBase().GetRef() == base {
			ids = append(ids, strconv.Itoa(p.GetNumber()))
		}
	}
	return ids, nil
}
