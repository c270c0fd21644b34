package packstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// randomHistory makes a tangle of branches and merges with one root. With skew,
// clocks go back and forth by days.
func randomHistory(rng *rand.Rand, n int, skew bool) []gitrepotest.Node {
	nodes := make([]gitrepotest.Node, n)
	for i := range nodes {
		nodes[i].Offset = 60 * i
		if skew && rng.IntN(3) == 0 {
			nodes[i].Offset = rng.IntN(60 * n * 2)
		}
		if i == 0 {
			continue
		}
		nodes[i].Parents = []int{max(0, i-1-rng.IntN(6))}
		for rng.IntN(3) == 0 && len(nodes[i].Parents) < 4 {
			if p := max(0, i-1-rng.IntN(15)); !slices.Contains(nodes[i].Parents, p) {
				nodes[i].Parents = append(nodes[i].Parents, p)
			}
		}
	}
	return nodes
}

// storeHistory makes a history of which every commit is in the store.
func storeHistory(t *testing.T, nodes []gitrepotest.Node) (*gitrepotest.Remote, *packstore.Store, []catalog.Commit) {
	t.Helper()
	remote := gitrepotest.NewEmpty(t)
	ids := remote.History("main", nodes)
	var all strings.Builder
	for i, id := range ids {
		fmt.Fprintf(&all, "create refs/heads/all/%d %s\n", i, id)
	}
	remote.GitInput(all.String(), "update-ref", "--stdin")
	return remote, storeOf(t, remote), ids
}

// storeOf makes a store of what git packs.
func storeOf(t *testing.T, remote *gitrepotest.Remote) *packstore.Store {
	t.Helper()
	remote.Git("repack", "-adq")
	packs, err := filepath.Glob(filepath.Join(remote.Dir, "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("git made the packs %v, %v", packs, err)
	}
	data := must(os.ReadFile(packs[0]))
	s := must(packstore.Create(t.TempDir(), 1<<20))
	if err := s.Add(t.Context(), func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
		t.Fatal(err)
	}
	return s
}

// must returns a value, or panics: for calls whose failure is not the point.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ancestors computes by brute force what is reachable from each node.
func ancestors(nodes []gitrepotest.Node) []map[int]bool {
	sets := make([]map[int]bool, len(nodes))
	for i, n := range nodes {
		sets[i] = map[int]bool{i: true}
		for _, p := range n.Parents {
			for a := range sets[p] {
				sets[i][a] = true
			}
		}
	}
	return sets
}

func TestHistoryAgainstBruteForce(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			nodes := randomHistory(rng, 120, seed%2 == 1)
			_, store, ids := storeHistory(t, nodes)
			sets := ancestors(nodes)
			for range 400 {
				a, b := rng.IntN(len(ids)), rng.IntN(len(ids))
				if got := must(store.Descends(t.Context(), ids[a], ids[b])); got != sets[a][b] {
					t.Fatalf("Descends(%d, %d) = %v", a, b, got)
				}
				var common, only []string
				for i := range ids {
					if sets[a][i] && sets[b][i] {
						best := true
						for j := range ids {
							if j != i && sets[a][j] && sets[b][j] && sets[j][i] {
								best = false
							}
						}
						if best {
							common = append(common, string(ids[i]))
						}
					}
					if sets[b][i] && !sets[a][i] {
						only = append(only, string(ids[i]))
					}
				}
				if diff := cmp.Diff(sorted(common), sortedIDs(must(store.MergeBases(t.Context(), ids[a], ids[b])))); diff != "" {
					t.Fatalf("MergeBases(%d, %d): %s", a, b, diff)
				}
				between := must(store.Between(t.Context(), ids[a], ids[b]))
				if diff := cmp.Diff(sorted(only), sortedIDs(between)); diff != "" {
					t.Fatalf("Between(%d, %d): %s", a, b, diff)
				}
				checkOrder(t, nodes, ids, between)
			}
		})
	}
}

// checkOrder checks that no commit comes before one of its ancestors.
func checkOrder(t *testing.T, nodes []gitrepotest.Node, ids, list []catalog.Commit) {
	t.Helper()
	place := map[catalog.Commit]int{}
	for i, id := range list {
		place[id] = i + 1
	}
	for i, id := range ids {
		for _, p := range nodes[i].Parents {
			if place[id] > 0 && place[ids[p]] > place[id] {
				t.Fatalf("commit %d comes before its parent %d", i, p)
			}
		}
	}
}

func TestHistoryAgainstGit(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	remote, store, ids := storeHistory(t, randomHistory(rng, 100, false))
	for range 25 {
		a, b := ids[rng.IntN(len(ids))], ids[rng.IntN(len(ids))]
		bases, _ := remote.TryGit("merge-base", "--all", string(a), string(b))
		if diff := cmp.Diff(sorted(strings.Fields(bases)), sortedIDs(must(store.MergeBases(t.Context(), a, b)))); diff != "" {
			t.Errorf("merge-base %s %s: %s", a, b, diff)
		}
		_, err := remote.TryGit("merge-base", "--is-ancestor", string(b), string(a))
		if got := must(store.Descends(t.Context(), a, b)); got != (err == nil) {
			t.Errorf("%s descends from %s: %v", a, b, got)
		}
		list := strings.Fields(remote.Git("rev-list", string(b), "^"+string(a)))
		if diff := cmp.Diff(sorted(list), sortedIDs(must(store.Between(t.Context(), a, b)))); diff != "" {
			t.Errorf("rev-list %s..%s: %s", a, b, diff)
		}
		if diff := cmp.Diff(sorted(strings.Fields(remote.Git("rev-list", string(b)))), sortedIDs(must(store.Between(t.Context(), "", b)))); diff != "" {
			t.Errorf("rev-list %s: %s", b, diff)
		}
		line := strings.Fields(remote.Git("rev-list", "--first-parent", "--reverse", string(b)))
		if diff := cmp.Diff(line, plain(must(store.FirstParents(t.Context(), "", b)))); diff != "" {
			t.Errorf("the first parents of %s: %s", b, diff)
		}
		at := rng.IntN(len(line))
		if diff := cmp.Diff(line[at+1:], plain(must(store.FirstParents(t.Context(), catalog.Commit(line[at]), b)))); diff != "" {
			t.Errorf("the first parents of %s since %s: %s", b, line[at], diff)
		}
	}
}

func TestFirstParentsOffTheLine(t *testing.T) {
	// 0─1─3─4 with 2 merged from the side, and 5 without relation.
	nodes := []gitrepotest.Node{{}, {Parents: []int{0}}, {Parents: []int{0}}, {Parents: []int{1, 2}}, {Parents: []int{3}}, {}}
	_, store, ids := storeHistory(t, nodes)
	for _, from := range []int{2, 5} {
		if _, err := store.FirstParents(t.Context(), ids[from], ids[4]); !errors.Is(err, packstore.ErrUnrelated) {
			t.Errorf("from %d: %v", from, err)
		}
	}
	if got := must(store.FirstParents(t.Context(), ids[4], ids[4])); len(got) != 0 {
		t.Errorf("from a commit to itself: %v", got)
	}
	if got := must(store.MergeBases(t.Context(), ids[4], ids[5])); len(got) != 0 {
		t.Errorf("unrelated commits have the bases %v", got)
	}
}

func TestWalksEndWithTheirContext(t *testing.T) {
	remote := gitrepotest.NewEmpty(t)
	ids := remote.Linear("main", 3000)
	store := storeOf(t, remote)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tip := ids[len(ids)-1]
	if _, err := store.Descends(ctx, tip, ids[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("Descends: %v", err)
	}
	if _, err := store.FirstParents(ctx, "", tip); !errors.Is(err, context.Canceled) {
		t.Errorf("FirstParents: %v", err)
	}
	if _, err := store.Between(ctx, ids[0], tip); !errors.Is(err, context.Canceled) {
		t.Errorf("Between: %v", err)
	}
	unknown := catalog.Commit(strings.Repeat("1", 40))
	if _, err := store.Descends(t.Context(), tip, unknown); !errors.Is(err, packstore.ErrNotFound) {
		t.Errorf("an unknown commit: %v", err)
	}
	if _, err := store.Descends(t.Context(), tip, "../../etc"); !errors.Is(err, packstore.ErrNotFound) {
		t.Errorf("no id at all: %v", err)
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return append([]string{}, s...)
}

func plain(ids []catalog.Commit) []string {
	s := []string{}
	for _, id := range ids {
		s = append(s, string(id))
	}
	return s
}

func sortedIDs(ids []catalog.Commit) []string { return sorted(plain(ids)) }
