package reconciler

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/contain"
	"github.com/levee-gitops/levee/reconciler/deploy"
	"github.com/levee-gitops/levee/reconciler/edge"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/landing"
	"github.com/levee-gitops/levee/reconciler/notice"
	"github.com/levee-gitops/levee/reconciler/propose"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/review"
	"github.com/levee-gitops/levee/reconciler/rollback"
	"github.com/levee-gitops/levee/reconciler/rollout"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/status"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/thaw"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Options wire a Reconciler. All but the durations and what says so are needed.
type Options struct {
	Repo    *gitrepo.Repo
	Ledger  *chain.Ledger
	Engine  *policies.Engine
	Forge   forge.Forge
	Targets target.Set
	// Renderers are what makes something of its own of apps for a target, by its name.
	Renderers map[string]target.Renderer
	Sender    notifier.Sender  // nil: nobody is told, and so nothing is taken down by the reviews
	Branch    string           // the catalog's branch
	Holder    string           // names this replica in claims
	Now       func() time.Time // read once per pass
	Log       *slog.Logger

	// Webhook, if there is one, answers at /webhook.
	Webhook http.Handler
	// API, if it is set, has programs answered below /v1/.
	API *api.Options
	// Reading, if it is set, is review.Reviewer's.
	Reading func(change string) (recorded func(reviews []string, closed bool))

	SenderKind string // what the sender is called in records
	// FileURL is where people edit a file of the catalog; nil where there is no such
	// place.
	FileURL func(path string) string

	// Resume is the file that remembers over a restart that nothing was left to do; empty
	// for a process that looks at everything when it starts. It is cache. Wiring says
	// what the process is made of: what another one left behind does not count.
	Resume, Wiring string

	// Lead, if it is set, has replicas agree on one of them that begins passes, until ctx ends: it
	// tells this one each time that what is known of that changes. Without it each begins them.
	Lead func(ctx context.Context, tell func(Leader))

	// Intercept, if it is set, is called in place of each effect.
	Intercept Intercept

	ClaimFor time.Duration // how long a claim keeps others away; default 2 minutes
	// MergeWhenApproved lands a change once nothing is missing; else people do.
	MergeWhenApproved bool

	DriftEvery  time.Duration // how often targets are looked at; default 1 minute
	ReviewEvery time.Duration // how often each open change is read in full at least; default review.Every
}

// Intercept is called in place of every effect on the world; see package edge.
type Intercept = edge.Intercept

// Reconciler runs the loops over one catalog. It is safe for concurrent use.
type Reconciler struct {
	Options
	Reviews   *review.Reviewer
	Contain   *contain.Container
	Deploy    *deploy.Deployer
	Witnesses *deploy.Witnesses
	Status    *status.Reader
	Rollback  *rollback.Roller
	Thaw      *thaw.Thawer

	sessions *session.Source
	judges   *judge.Source
	landings *landing.Decider
	work     *work.Claimed
	notices  *notice.Sending
	asking   *propose.Proposer
	rollouts *rollout.Publisher
	nudged   chan struct{} // to look at the catalog
	ask      chan struct{} // to list the changes
	changes  *changeNudges // to look at single changes
	metrics  *metrics

	// What passes over the catalog know of each other, for who holds session.Source.Writing.
	last     seen
	known    *chain.View // the ledger when the last pass had ended; what moved is found by comparing
	rested   resumeState // what was last written to the file Resume
	recalled bool        // that file was looked at

	unread     error // why the forge could not be asked last about what landed
	unreadNews bool  // no pass has said so yet

	ready  readiness
	leader leadership
	api    *api.API // nil where nobody is answered
}

// New returns a Reconciler.
func New(o Options) *Reconciler {
	if o.ClaimFor == 0 {
		o.ClaimFor = 2 * time.Minute
	}
	if o.DriftEvery == 0 {
		o.DriftEvery = time.Minute
	}
	if o.ReviewEvery == 0 {
		o.ReviewEvery = review.Every
	}
	if o.Reading == nil {
		o.Reading = func(string) func([]string, bool) { return func([]string, bool) {} }
	}
	if o.FileURL == nil {
		o.FileURL = func(string) string { return "" }
	}
	redactor := new(secretscan.Redactor)
	around := edge.Plugins{Forge: o.Forge, Sender: o.Sender, Targets: o.Targets, Log: o.Log}.Intercepted(o.Intercept).Redacted(redactor)
	o.Forge, o.Sender, o.Targets, o.Log = around.Forge, around.Sender, around.Targets, around.Log
	proof := identity.ByKey
	if o.Forge.Can()[forge.Comment] {
		proof = identity.ByAccount
	}
	r := &Reconciler{
		Options: o, metrics: newMetrics(o.Engine.Evaluated), nudged: make(chan struct{}, 1), ask: make(chan struct{}, 1), changes: newChangeNudges(),
		sessions: &session.Source{Repo: o.Repo, Ledger: o.Ledger, Branch: o.Branch, Holder: o.Holder, ClaimFor: o.ClaimFor},
		judges:   &judge.Source{Engine: o.Engine, Proof: proof, FileURL: o.FileURL, Render: render.ForTargets(o.Renderers, o.Log), Log: o.Log, Secrets: secretscan.New(), Redactor: redactor},
	}
	jobs := work.NewPool[work.Outcome](deploy.AtOnce, func() { signal(r.nudged) })
	r.work = &work.Claimed{Jobs: jobs, Agenda: work.NewAgenda(), Holder: o.Holder, ClaimFor: o.ClaimFor, Now: o.Now, Log: o.Log}
	history := identity.NewHistory(o.Repo, o.Forge)
	r.Reviews = &review.Reviewer{
		Sessions: r.sessions, Judges: r.judges, Forge: o.Forge, History: history, Now: o.Now, Log: o.Log, MergeWhenApproved: o.MergeWhenApproved,
		ReadEvery: o.ReviewEvery, Reading: o.Reading,
	}
	r.Reviews.Foresee(o.Targets, r.changes.add)
	r.landings = &landing.Decider{Judges: r.judges, Forge: o.Forge, History: history, Log: o.Log}
	r.Contain = &contain.Container{Sessions: r.sessions, Targets: o.Targets, Work: r.work, Now: o.Now, Log: o.Log}
	r.Witnesses = &deploy.Witnesses{Sessions: r.sessions, Targets: o.Targets, Log: o.Log}
	r.Deploy = deploy.New(deploy.Deployer{
		Targets: o.Targets, Contain: r.Contain, Witnesses: r.Witnesses, Judges: r.judges, Work: r.work, DriftEvery: o.DriftEvery, Nudge: func() { signal(r.nudged) }, Log: o.Log,
	})
	r.Status = &status.Reader{Sessions: r.sessions, Judges: r.judges, Targets: o.Targets, Now: o.Now}
	r.Rollback = &rollback.Roller{Sessions: r.sessions, Judges: r.judges, Now: o.Now}
	if o.API != nil {
		r.api = api.New(*o.API, api.Sources{Engine: o.Engine, Sessions: r.sessions, Judges: r.judges, Redactor: redactor, Now: o.Now, Log: o.Log})
	}
	r.Thaw = &thaw.Thawer{Sessions: r.sessions, Judges: r.judges, Now: o.Now}
	r.metrics.leader.Set(1)
	if o.Lead != nil {
		r.leader.stand()
		r.metrics.leader.Set(0)
	}
	r.notices = notice.New(o.Sender, o.SenderKind, r.work, o.Log)
	r.asking = propose.New(o.Forge, o.Branch, r.work, o.Log)
	if o.Forge.Can()[forge.Status] {
		r.rollouts = rollout.NewPublisher(&rollout.Reporter{Sessions: r.sessions, Judges: r.judges, Forge: o.Forge, Now: o.Now}, r.work, o.Log)
	}
	return r
}

// Session begins a look at the catalog and its ledger, as of now.
func (r *Reconciler) Session() *session.Session { return r.sessions.New(r.Now()) }

// signal never blocks: signals that come together are one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
