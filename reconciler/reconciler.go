package reconciler

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Options wire a Reconciler. All but the durations and what says so are needed.
type Options struct {
	Repo    *gitrepo.Repo
	Ledger  *ledger.Ledger
	Engine  *policies.Engine
	Forge   forge.Forge
	Targets map[string]target.Target // by the name settings use
	Sender  notifier.Sender          // nil: nobody is told, and so nothing is taken down by the reviews
	Branch  string                   // the catalog's branch
	Holder  string                   // names this replica in claims
	Now     func() time.Time         // read once per pass
	Log     *slog.Logger

	// Webhook, if there is one, answers at /webhook.
	Webhook http.Handler
	// Passed, if it is set, is called after every pass over everything that ended
	// well, for every change, and could be recorded.
	Passed func()

	SenderKind string // what the sender is called in records
	// FileURL is where people edit a file of the catalog; nil where there is no such
	// place.
	FileURL func(path string) string

	// Rest is the file that remembers over a restart that nothing was left to do; empty
	// for a process that looks at everything when it starts. It is cache. Wiring says
	// what the process is made of: what another one left behind does not count.
	Rest, Wiring string

	ClaimFor time.Duration // how long a claim keeps others away; default 2 minutes
	// MergeWhenApproved lands a change once nothing is missing; else people do.
	MergeWhenApproved bool

	DriftEvery time.Duration // how often targets are looked at; default 1 minute
}

// Reconciler runs the loops over one catalog. It is safe for concurrent use.
type Reconciler struct {
	Options
	source  *session.Source
	history *identity.History   // who brought held content
	jobs    *work.Pool[outcome] // what runs beside the passes
	nudged  chan struct{}       // to look at the catalog
	ask     chan struct{}       // to look at the changes
	metrics *metrics

	// What passes over the catalog know of each other, for who holds source.Writing.
	last       seen
	known      *ledger.View                    // the ledger when the last pass had ended; what moved is found by comparing
	rested     rest                            // what was last written to the file Rest
	recalled   bool                            // that file was looked at
	wake       map[string]time.Time            // when by its state something follows for an app
	again      map[string]time.Time            // when to look at an app besides, because something was tried in vain
	failures   map[string]int                  // how often in a row an app's effects failed
	inVain     map[string]int64                // the admission that was last tried in vain, by effect
	drifted    time.Time                       // when targets were last looked at
	unsent     map[string]int                  // how often in a row a notice could not be sent
	sendAgain  map[string]time.Time            // when to try a notice again
	observed   map[catalog.Name]observedAt     // what targets held, by environment, for the next pass
	testified  map[catalog.Name]catalog.Commit // what they were given last, and the ledger contains
	queue      []string                        // apps to be looked at as soon as there is room, sorted
	unrecorded []ledger.Entry                  // what has happened, for the next pass to record

	cache     sync.Mutex                      // what follows
	impacts   []impact                        // of changes of governance, the latest last
	refusals  map[string]refusal              // to land a change, by its id
	people    identity.Directory              // by the roles that governed last
	asked     bool                            // targets were, what they were given last
	told      map[catalog.Name]catalog.Commit // what they said, by environment
	witnesses []catalog.Commit                // of that, what the ledger does not contain

	healthMu sync.Mutex
	health   health
}

// New returns a Reconciler.
func New(o Options) *Reconciler {
	if o.ClaimFor == 0 {
		o.ClaimFor = 2 * time.Minute
	}
	if o.DriftEvery == 0 {
		o.DriftEvery = time.Minute
	}
	if o.FileURL == nil {
		o.FileURL = func(string) string { return "" }
	}
	r := &Reconciler{
		Options: o, metrics: newMetrics(o.Engine.Evaluated),
		source:  &session.Source{Repo: o.Repo, Ledger: o.Ledger, Branch: o.Branch, Holder: o.Holder, ClaimFor: o.ClaimFor},
		history: identity.NewHistory(o.Repo, o.Forge), nudged: make(chan struct{}, 1), ask: make(chan struct{}, 1),
		wake: map[string]time.Time{}, again: map[string]time.Time{}, failures: map[string]int{}, inVain: map[string]int64{}, unsent: map[string]int{}, sendAgain: map[string]time.Time{},
		observed: map[catalog.Name]observedAt{}, testified: map[catalog.Name]catalog.Commit{},
		refusals: map[string]refusal{}, told: map[catalog.Name]catalog.Commit{},
	}
	r.jobs = work.NewPool[outcome](jobsAtOnce, func() { signal(r.nudged) })
	return r
}

// judge sets up judging by a governing snapshot.
func (r *Reconciler) judge(ctx context.Context, governing, main *catalog.Snapshot, now time.Time) (*judge.Judge, error) {
	rules, problems, err := r.Engine.Rules(ctx, governing)
	if err != nil {
		return nil, err
	}
	if rules == nil {
		return nil, fmt.Errorf("the governing catalog.yaml at %s is not valid; adopt a governance that is, with `levee ledger adopt`", governing.Commit().Short())
	}
	for _, p := range problems {
		r.Log.Warn("a governing rule is not in force", "file", p.Path, "line", p.Line, "problem", p.Message)
	}
	return &judge.Judge{Governing: governing, Rules: rules, Main: main, Now: now, People: r.directory(governing.Roles()), FileURL: r.FileURL}, nil
}

// directory is who is who by roles, which hardly ever change.
func (r *Reconciler) directory(roles *catalog.RolesSpec) identity.Directory {
	r.cache.Lock()
	defer r.cache.Unlock()
	if r.people == (identity.Directory{}) || r.people.Roles() != roles {
		proof := identity.ByKey
		if r.Forge.Can()[forge.Comment] {
			proof = identity.ByAccount
		}
		r.people = identity.NewDirectory(roles, proof)
	}
	return r.people
}

// signal never blocks: signals that come together are one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// sortedApps lists the names of a set of apps.
func sortedApps(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
