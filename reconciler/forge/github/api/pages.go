package api

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/google/go-github/v60/github"
)

const (
	MaxPages = 50 // of one list
	maxReads = 6  // of a list until two readings are equal
)

// ListAll reads a whole list. When an entry goes, those behind it move to earlier pages and
// one can be missed, so a list of several pages is read until two readings are equal.
func ListAll[T any](read func(github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
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
		if pages == MaxPages {
			return nil, pages, fmt.Errorf("the list has more than %d pages", MaxPages)
		}
		at.Page = resp.NextPage
	}
}
