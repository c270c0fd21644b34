package chain

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// The records of one kind about one subject are a book of pages, each a folder with
// up to 32 of them in their order. The first page is the folder of the subject; the
// others lie below it, a folder for each digit of their number in base 32. So most
// subjects have one folder, no folder has more than 32 records and 32 folders, and
// the tree of the tip stays small: a Git server looks at all of it in each push.
const pageSize = 32

// pagePath is the folder of a page, from 0.
func pagePath(kind ledger.Kind, subject string, page int) string {
	folder, _ := folderOf(kind)
	path := folder + "/" + fan(subject) + subject
	if page > 0 {
		for _, digit := range strconv.FormatInt(int64(page), pageSize) {
			path += "/" + string(digit)
		}
	}
	return path
}

func recordPath(kind ledger.Kind, subject string, page int, seq int64) string {
	return fmt.Sprintf("%s/%d.json", pagePath(kind, subject, page), seq)
}

// A page is what lies in one.
type page struct {
	records map[int64]catalog.Entry // by seq
	first   int64
}

func readPage(ctx context.Context, files *gitrepo.Files, kind ledger.Kind, subject string, number int) (page, error) {
	p := page{records: map[int64]catalog.Entry{}}
	if files == nil {
		return p, nil
	}
	entries, err := files.List(ctx, pagePath(kind, subject, number))
	if err != nil {
		return p, err
	}
	for _, e := range entries {
		if e.Mode == catalog.Folder {
			continue
		}
		name, ok := strings.CutSuffix(e.Path[strings.LastIndexByte(e.Path, '/')+1:], ".json")
		seq, err := strconv.ParseInt(name, 10, 64)
		if !ok || err != nil {
			return p, fmt.Errorf("%w: %s is no record", ledger.ErrInvalid, e.Path)
		}
		if len(p.records) == 0 || seq < p.first {
			p.first = seq
		}
		p.records[seq] = e
	}
	return p, nil
}

// nextPage is the page that the next record goes on: the first that is not full. It
// reads as many pages as the number of them has digits in base 2.
func nextPage(ctx context.Context, files *gitrepo.Files, kind ledger.Kind, subject string) (int, error) {
	return searchPages(ctx, files, kind, subject, func(p page) bool { return len(p.records) < pageSize })
}

// findRecord returns the entry of a record, and whether there is one.
func findRecord(ctx context.Context, files *gitrepo.Files, kind ledger.Kind, subject string, seq int64) (catalog.Entry, bool, error) {
	after, err := searchPages(ctx, files, kind, subject, func(p page) bool { return len(p.records) == 0 || p.first > seq })
	if err != nil || after == 0 {
		return catalog.Entry{}, false, err
	}
	p, err := readPage(ctx, files, kind, subject, after-1)
	e, ok := p.records[seq]
	return e, ok, err
}

// searchPages returns the first page of which something is true that is true of all
// after it.
func searchPages(ctx context.Context, files *gitrepo.Files, kind ledger.Kind, subject string, is func(page) bool) (int, error) {
	var failed error
	test := func(number int) bool {
		if failed != nil {
			return true
		}
		p, err := readPage(ctx, files, kind, subject, number)
		failed = err
		return err != nil || is(p)
	}
	most := 1
	for !test(most - 1) {
		most *= 2
	}
	found := sort.Search(most, test)
	return found, failed
}
