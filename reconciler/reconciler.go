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

// Reconciler runs the loops over one catalog. Passes are made one at a time;
// everything else is safe for concurrent use.
type Reconciler struct {
	Options

	mu        sync.Mutex // one pass at a time
	source    *session.Source
	last      seen
	known     *ledger.View         // the ledger when the last pass had ended; what moved is found by comparing
	rested    rest                 // what was last written to the file Rest
	recalled  bool                 // that file was looked at
	wake      map[string]time.Time // when to look at an app again
	failures  map[string]int       // how often in a row an app's effects failed
	drifted   time.Time            // when targets were last looked at
	unsent    map[string]int       // how often in a row a notice could not be sent
	sendAgain map[string]time.Time // when to try a notice again
	impacts   []impact             // of changes of governance, the latest last
	refusals  map[string]refusal   // to land a change, by its id
	nudged    chan struct{}

	history *identity.History  // who brought held content
	people  identity.Directory // by the roles that governed last

	heard     time.Time                       // when targets were last asked what they were given
	testified map[catalog.Name]catalog.Commit // what they said, by environment, and the ledger contains
	witnesses []catalog.Commit                // what they said, and it does not

	healthMu sync.Mutex
	health   health
	metrics  *metrics
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
	return &Reconciler{
		Options: o, metrics: newMetrics(o.Engine.Evaluated), source: &session.Source{Repo: o.Repo, Ledger: o.Ledger, Branch: o.Branch, Holder: o.Holder, ClaimFor: o.ClaimFor},
		wake: map[string]time.Time{}, failures: map[string]int{}, refusals: map[string]refusal{}, history: identity.NewHistory(o.Repo, o.Forge), testified: map[catalog.Name]catalog.Commit{},
		unsent: map[string]int{}, sendAgain: map[string]time.Time{}, nudged: make(chan struct{}, 1),
	}
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
	if roles := governing.Roles(); r.people == (identity.Directory{}) || r.people.Roles() != roles {
		proof := identity.ByKey
		if r.Forge.Can()[forge.Comment] {
			proof = identity.ByAccount
		}
		r.people = identity.NewDirectory(roles, proof)
	}
	return &judge.Judge{Governing: governing, Rules: rules, Main: main, Now: now, People: r.people, FileURL: r.FileURL}, nil
}

// sortedApps lists the names of a set of apps.
func sortedApps(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
