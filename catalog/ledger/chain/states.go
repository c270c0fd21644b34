package chain

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	iradix "github.com/hashicorp/go-immutable-radix/v2"
	"golang.org/x/sync/errgroup"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// states holds the state of every subject by name. It is not changed: a version with one
// app changed shares all the rest, by pointer.
type states struct{ tree *iradix.Tree[*ledger.App] }

func newStates() *states { return &states{iradix.New[*ledger.App]()} }

func (s *states) get(name string) (ledger.App, bool) {
	if a, ok := s.tree.Get([]byte(name)); ok {
		return *a, true
	}
	return ledger.App{}, false
}

// put returns a version with some apps changed.
func (s *states) put(apps ...ledger.App) *states {
	next := s.tree.Txn()
	for _, a := range apps {
		next.Insert([]byte(a.Name), &a)
	}
	return &states{next.Commit()}
}

// all yields every subject and its state, by name.
func (s *states) all(yield func(string, ledger.App) bool) {
	s.tree.Root().Walk(func(name []byte, a *ledger.App) (stop bool) { return !yield(string(name), *a) })
}

// special is how many of the subjects are no app. There are few.
func (s *states) special() int {
	n := 0
	s.tree.Root().WalkPrefix([]byte("@"), func([]byte, *ledger.App) (stop bool) {
		n++
		return false
	})
	return n
}

// names are those of all subjects, sorted.
func (s *states) names() []string {
	list := make([]string, 0, s.tree.Len())
	s.tree.Root().Walk(func(name []byte, _ *ledger.App) (stop bool) {
		list = append(list, string(name))
		return false
	})
	return list
}

// changed yields, by name, what is not shared with an earlier version: each state as it is
// and as it was, of which one is nil where there is none.
func (s *states) changed(since *states, yield func(name string, now, before *ledger.App)) {
	is, was := s.tree.Root().Iterator(), since.tree.Root().Iterator()
	key, now, more := is.Next()
	old, before, left := was.Next()
	for more || left {
		order := bytes.Compare(key, old)
		if !left {
			order = -1
		} else if !more {
			order = 1
		}
		switch {
		case order < 0:
			yield(string(key), now, nil)
		case order > 0:
			yield(string(old), nil, before)
		case now != before:
			yield(string(key), now, before)
		}
		if order <= 0 {
			key, now, more = is.Next()
		}
		if order >= 0 {
			old, before, left = was.Next()
		}
	}
}

// loadStates reads the state of every subject from a tree.
func loadStates(ctx context.Context, files *gitrepo.Files) (*states, error) {
	tops, err := files.List(ctx, "state")
	if err != nil {
		return nil, err
	}
	found := make([][]ledger.App, len(tops))
	var side errgroup.Group
	side.SetLimit(runtime.GOMAXPROCS(0))
	for i, top := range tops {
		side.Go(func() (err error) {
			found[i], err = loadTop(ctx, files, top)
			return err
		})
	}
	if err := side.Wait(); err != nil {
		return nil, err
	}
	return newStates().put(slices.Concat(found...)...), nil
}

// loadTop reads the states below one folder.
func loadTop(ctx context.Context, files *gitrepo.Files, top catalog.Entry) (apps []ledger.App, err error) {
	middles, err := files.List(ctx, top.Path)
	if err != nil {
		return nil, err
	}
	for _, middle := range middles {
		leaves, err := files.List(ctx, middle.Path)
		if err != nil {
			return nil, err
		}
		for _, leaf := range leaves {
			entries, err := files.List(ctx, leaf.Path)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				a, err := readApp(ctx, files, e)
				if err != nil {
					return nil, err
				}
				apps = append(apps, a)
			}
		}
	}
	return apps, nil
}

// readApp reads one state, which has to lie where its name belongs.
func readApp(ctx context.Context, files *gitrepo.Files, e catalog.Entry) (ledger.App, error) {
	var a ledger.App
	name := strings.TrimSuffix(e.Path[strings.LastIndexByte(e.Path, '/')+1:], ".json")
	if e.Path != statePath(name) || e.Mode != catalog.File {
		return a, fmt.Errorf("read state %q: %w: it does not lie where a state does", e.Path, ledger.ErrInvalid)
	}
	raw, err := files.Read(ctx, e, ledger.MaxFile)
	if err != nil {
		return a, err
	}
	if err := ledger.Decode(raw, &a); err != nil {
		return a, fmt.Errorf("read state %q: %w", e.Path, err)
	}
	if a.Name != name {
		return a, fmt.Errorf("read state %q: %w: it is that of %.80q", e.Path, ledger.ErrInvalid, a.Name)
	}
	return a, nil
}

// RootOf reads the root of the state from the tree of a commit of the ledger. A tree without
// one is ledger.ErrInvalid.
func RootOf(ctx context.Context, files *gitrepo.Files) (ledger.Root, error) {
	var root ledger.Root
	e, ok, err := files.Entry(ctx, rootPath)
	if err != nil {
		return root, err
	}
	if !ok {
		return root, fmt.Errorf("read %s: %w: there is none", rootPath, ledger.ErrInvalid)
	}
	raw, err := files.Read(ctx, e, ledger.MaxFile)
	if err != nil {
		return root, err
	}
	if err := ledger.Decode(raw, &root); err != nil {
		return root, fmt.Errorf("read %s: %w", rootPath, err)
	}
	return root, nil
}

// appAt reads the state of one subject from a tree, for the fold.
func appAt(ctx context.Context, files *gitrepo.Files) func(string) (ledger.App, error) {
	return func(name string) (ledger.App, error) {
		e, ok, err := files.Entry(ctx, statePath(name))
		if err != nil || !ok {
			return ledger.App{}, err
		}
		return readApp(ctx, files, e)
	}
}
