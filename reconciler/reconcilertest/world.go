package reconcilertest

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/target"
)

// World is a bare repository with a catalog and its ledger, its people with their keys, a
// folder that apps run in, and a clock.
type World struct {
	Place

	// Holder names the replica in claims, and Data is the folder of what it keeps.
	Holder, Data string
	// Wiring is what a process that stays says that it is made of.
	Wiring string
	// DriftEvery is how often targets are looked at.
	DriftEvery time.Duration
	Sender     notifier.Sender
	// Target, if it is set, is where apps run in place of the folder.
	Target    target.Target
	Intercept reconciler.Intercept
	// API says who may ask processes that stay; nil for nobody.
	API *api.Options
	// Lead has replicas that stay agree on one that begins passes; nil for each of them.
	Lead func(ctx context.Context, tell func(reconciler.Leader))

	*clock
	trust chain.Trust
	said  string // of what was done last

	statuses *Statuses // nil where the forge cannot show any
}

// clock is a World's, also for the processes that run in it.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	live bool
}

// Now is what time it is.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live {
		return time.Now()
	}
	return c.now
}

// Live makes it the machine's from now on.
func (c *clock) Live() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = true
}

// Later lets time pass.
func (c *clock) Later(d time.Duration) { c.Set(c.Now().Add(d)) }

// Set says what time it is.
func (c *clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// New founds a catalog with boards of these names.
func New(t testing.TB, boards ...string) *World {
	t.Helper()
	files := Files{}
	for _, name := range boards {
		files[BoardPath(name)] = Board(name)
	}
	return Empty(t).FoundWith(files)
}

// Empty has people with keys and nothing yet that they look after.
func Empty(t testing.TB) *World {
	t.Helper()
	w := &World{
		Place:  Place{T: t, Dir: t.TempDir(), Remote: gitrepotest.NewEmpty(t), Keys: map[string]*gitrepotest.Key{}},
		Holder: "one", Data: "data", DriftEvery: time.Second, clock: &clock{now: Start},
	}
	for _, name := range append([]string{"daemon", "root"}, People...) {
		w.Keys[name] = gitrepotest.NewKey(t, name)
	}
	return w
}

// Found makes files the catalog, and begins its ledger with all of it adopted.
func (w *World) Found(files Files) *World {
	w.T.Helper()
	w.Remote.Commit("main", gitrepotest.Change{Message: "begin", Write: files})
	w.must(os.Mkdir(filepath.Join(w.Dir, "run"), 0o755))
	w.trust = chain.Trust{Branch: chain.DefaultBranch, Root: w.Keys["root"].Public}
	w.trust.Genesis = w.begin()
	return w
}

// FoundWith is Found for the governance that worlds have, with these files besides or in
// its place.
func (w *World) FoundWith(more ...Files) *World {
	w.T.Helper()
	files := Governance(w.Keys)
	for _, f := range more {
		maps.Copy(files, f)
	}
	return w.Found(files)
}

// begin writes the genesis and what becomes of the apps that exist.
func (w *World) begin() catalog.Commit {
	w.T.Helper()
	ctx, main := w.T.Context(), w.Remote.Branch("main")
	repo := w.mirror()
	defer repo.Close()
	_, err := repo.Fetch(ctx)
	w.must(err)
	files, err := repo.Files(ctx, main)
	w.must(err)
	s, err := catalog.Load(ctx, files, main, catalog.Empty())
	w.must(err)
	e := w.engine()
	rules, problems, err := e.Rules(ctx, s)
	w.must(err)
	for _, p := range append(problems, policies.CheckGovernance(s, rules, w.Now())...) {
		if p.Level == catalog.Deny {
			w.T.Fatalf("the catalog cannot be begun with: %v", p)
		}
	}
	apps, err := judge.Adopt(ctx, rules, render.ForTargets(renderers, quiet), s, main, true, w.Now(), func(doc *catalog.Document) (catalog.Entry, error) {
		entry, _, err := files.Entry(ctx, path.Dir(doc.Path))
		return entry, err
	})
	w.must(err)
	keep, err := chain.KeepGovernance(ctx, files)
	w.must(err)
	genesis, _, err := chain.Init(ctx, repo, chain.Founding{
		Branch: w.trust.Branch, Catalog: "main", Main: main, Governance: s.GovernanceDigest(), Key: w.Keys["daemon"].Public,
		Adopt: true, Now: w.Now(), Engine: engineName(e), Keep: keep, Entries: apps.Entries,
	}, w.Keys["root"].Signer)
	w.must(err)
	return genesis
}

// Replica is the same world for another daemon on it, with data of its own.
func (w *World) Replica(holder string) *World {
	other := *w
	other.Holder, other.Data, other.said = holder, "data-"+holder, ""
	return &other
}
