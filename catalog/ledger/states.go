package ledger

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// states holds the state of every subject, spread like the folders of the tree, so
// that a version with one app changed shares all the rest.
type states struct{ shards [4096]map[string]App }

func shardOf(name string) int {
	h := fan(name)
	n, _ := strconv.ParseUint(h[0:1]+h[2:3]+h[4:5], 16, 16) // always hexadecimal
	return int(n)
}

func (s *states) get(name string) (App, bool) {
	a, ok := s.shards[shardOf(name)][name]
	return a, ok
}

// put returns a version with some apps changed.
func (s *states) put(apps ...App) *states {
	next := *s
	fresh := map[int]bool{}
	for _, a := range apps {
		i := shardOf(a.Name)
		if !fresh[i] {
			shard := make(map[string]App, len(next.shards[i])+1)
			maps.Copy(shard, next.shards[i])
			next.shards[i] = shard
			fresh[i] = true
		}
		next.shards[i][a.Name] = a
	}
	return &next
}

// all yields every subject and its state, in no order.
func (s *states) all(yield func(string, App) bool) {
	for i := range s.shards {
		for name, a := range s.shards[i] {
			if !yield(name, a) {
				return
			}
		}
	}
}

// names are those of all subjects, sorted.
func (s *states) names() []string {
	var list []string
	for name := range s.all {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// loadStates reads the state of every subject from a tree.
func loadStates(ctx context.Context, files *gitrepo.Files) (*states, error) {
	tops, err := files.List(ctx, "state")
	if err != nil {
		return nil, err
	}
	var s states
	var wg sync.WaitGroup
	work := make(chan catalog.Entry)
	errs := make(chan error, runtime.GOMAXPROCS(0))
	for range cap(errs) {
		wg.Go(func() {
			var failed error
			for top := range work {
				if failed == nil {
					failed = s.loadTop(ctx, files, top)
				}
			}
			errs <- failed
		})
	}
	for _, top := range tops {
		work <- top
	}
	close(work)
	wg.Wait()
	for range cap(errs) {
		if err := <-errs; err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// loadTop fills the shards below one folder. No two calls share a shard, because
// every state has to lie where its name belongs.
func (s *states) loadTop(ctx context.Context, files *gitrepo.Files, top catalog.Entry) error {
	middles, err := files.List(ctx, top.Path)
	if err != nil {
		return err
	}
	for _, middle := range middles {
		leaves, err := files.List(ctx, middle.Path)
		if err != nil {
			return err
		}
		for _, leaf := range leaves {
			entries, err := files.List(ctx, leaf.Path)
			if err != nil {
				return err
			}
			for _, e := range entries {
				a, err := readApp(ctx, files, e)
				if err != nil {
					return err
				}
				i := shardOf(a.Name)
				if s.shards[i] == nil {
					s.shards[i] = map[string]App{}
				}
				s.shards[i][a.Name] = a
			}
		}
	}
	return nil
}

// readApp reads one state, which has to lie where its name belongs.
func readApp(ctx context.Context, files *gitrepo.Files, e catalog.Entry) (App, error) {
	var a App
	name := strings.TrimSuffix(e.Path[strings.LastIndexByte(e.Path, '/')+1:], ".json")
	if e.Path != statePath(name) || e.Mode != catalog.File {
		return a, fmt.Errorf("read state %q: %w: it does not lie where a state does", e.Path, ErrInvalid)
	}
	raw, err := files.Read(ctx, e, maxFile)
	if err != nil {
		return a, err
	}
	if err := decode(raw, &a); err != nil {
		return a, fmt.Errorf("read state %q: %w", e.Path, err)
	}
	if a.Name != name {
		return a, fmt.Errorf("read state %q: %w: it is that of %.80q", e.Path, ErrInvalid, a.Name)
	}
	return a, nil
}

// readRoot reads the root of the state; without one it is that before the genesis.
func readRoot(ctx context.Context, files *gitrepo.Files) (Root, error) {
	var root Root
	e, ok, err := files.Entry(ctx, rootPath)
	if err != nil {
		return root, err
	}
	if !ok {
		return root, fmt.Errorf("read %s: %w: there is none", rootPath, ErrInvalid)
	}
	raw, err := files.Read(ctx, e, maxFile)
	if err != nil {
		return root, err
	}
	if err := decode(raw, &root); err != nil {
		return root, fmt.Errorf("read %s: %w", rootPath, err)
	}
	return root, nil
}

// appAt reads the state of one subject from a tree, for the fold.
func appAt(ctx context.Context, files *gitrepo.Files) func(string) (App, error) {
	return func(name string) (App, error) {
		e, ok, err := files.Entry(ctx, statePath(name))
		if err != nil || !ok {
			return App{}, err
		}
		return readApp(ctx, files, e)
	}
}
