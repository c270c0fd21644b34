package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/propose"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Reviewed says what a pass of the first loop made of one change.
type Reviewed struct {
	Change    string              `json:"change"`
	Head      catalog.Commit      `json:"head"`
	State     forge.State         `json:"state"`
	Decisions []policies.Decision `json:"decisions"`
	Unchanged map[string]bool     `json:"unchanged,omitempty"` // apps whose meaning the change leaves alone
	// Files are those of no digest that the change touches in the folder of each app.
	Files map[string][]catalog.FileEdit `json:"files,omitempty"`
	// Edits is what differs in meaning from what was admitted, by app; nil for an app
	// that was never admitted.
	Edits map[string][]catalog.FieldEdit `json:"edits,omitempty"`
	// Stuck are missing approvals that nobody can give.
	Stuck   []comment.Stuck `json:"stuck,omitempty"`
	Frozen  string          `json:"frozen,omitempty"`
	Closed  bool            `json:"closed,omitempty"`
	Landed  catalog.Commit  `json:"landed,omitempty"`
	Records int             `json:"records"`
	Actions int             `json:"actions"` // writes to the forge
	Notes   []string        `json:"notes,omitempty"`
}

// Reviewer makes the passes of the first loop. Its methods are safe for concurrent use on
// different changes.
type Reviewer struct {
	Sessions *session.Source
	Judges   *judge.Source
	Forge    forge.Forge
	History  *identity.History // who brought held content
	Now      func() time.Time
	Log      *slog.Logger
	// MergeWhenApproved lands a change once nothing is missing; else people do.
	MergeWhenApproved bool
	ReadEvery         time.Duration // how often an open change is read in full at least
	// Reading is called before a change is read. What it returns is called once all that
	// follows from the reading was recorded: with the ids of the reviews that the forge showed, or
	// closed for a change that is not open any more.
	Reading func(change string) (recorded func(reviews []string, closed bool))

	foresight *foresight // what targets say that changes would do

	mu       sync.Mutex
	refusals map[string]refusal // to land a change, by its id
	listed   map[string]string  // the stamps in the last list of open changes, by id
	rests    map[string]rest    // of the changes that are at rest
}

// Foresee has targets asked what changes would do. It is called before the first review;
// known is called when a verdict was shown without an answer that is there now.
func (r *Reviewer) Foresee(targets target.Set, known func(change string)) {
	r.foresight = newForesight(targets, r.Log, known)
}

// Review makes one pass over one change: it is decided, its reviews are captured, the
// verdict is shown, and it is landed once nothing is missing. It writes only what changed,
// and is safe to kill and to repeat.
//
//	facts → snapshots → decisions → record → show, ask, tell, land → record
func (r *Reviewer) Review(ctx context.Context, id string) (Reviewed, error) {
	stamp := r.stampOf(id) // what moves from here on makes another look
	recorded := r.Reading(id)
	return session.Retried(func() (Reviewed, error) {
		v, err := r.pass(ctx, id, r.saidOf(id, stamp, r.Now()))
		if errors.Is(err, errRemembered) {
			v, err = r.pass(ctx, id, said{})
		}
		if err != nil {
			err = fmt.Errorf("review change %s: %w", id, err)
		}
		r.settle(v, stamp, err)
		if err == nil && v.out.Frozen == "" {
			recorded(v.change.Given, v.out.Closed)
		}
		return v.out, err
	}, forge.ErrStale)
}

// errRemembered ends a pass before it records anything: by what the forge said last, the
// change may be landed, and that is not done by what may be so no more.
var errRemembered = errors.New("the change may be landed, and was not read afresh")

// pass makes one pass by what the forge said, or by what it says now where said is empty.
func (r *Reviewer) pass(ctx context.Context, id string, said said) (*review, error) {
	v := r.begin(id)
	v.said = said
	return v, parallel.Guard(r.Log, "reviewing a change", id, func() error { return v.run(ctx, id) })
}

func (r *Reviewer) begin(id string) *review {
	return &review{by: r, Session: r.Sessions.New(r.Now()), out: Reviewed{Change: id}}
}

// review is one pass over one change.
type review struct {
	*session.Session
	by       *Reviewer
	looked   *chain.View // before anything of this review is recorded
	about    []string    // whose state in the ledger all follows from
	said     said        // by the forge and to it; before this review where the change is not read again
	out      Reviewed
	change   forge.Change
	judge    *judge.Judge
	base     *catalog.Snapshot // the base branch's tip
	proposal *gitrepo.Proposal
	files    catalog.Files // of what would land
	proposed *catalog.Snapshot
	// governance is the catalog whose governance is asked for.
	governance *catalog.Snapshot
	subjects   []subject
	impact     comment.Impact       // of what it changes in governance
	page       comment.Page         // what is said of it
	patience   time.Duration        // how long it waits for what targets say of it; zero where nobody reads that
	straying   []catalog.FolderEdit // of folders that can be no app's
	cannot     error                // why it cannot be read, now or ever; nil for nearly all
}

// subject is an app, or governance, that the change touches.
type subject struct {
	approval.Subject
	reviews  []catalog.Approval // those recorded and those new
	decision policies.Decision
	brief    policies.Brief
	renews   ledger.Epoch          // the epoch that it would end by giving the app a later one
	admitted *catalog.Document     // Before as the ledger keeps it
	strays   []catalog.Problem     // of catalog.Strays, which is no app and no governance
	secrets  []policies.SecretFact // that a scan found in its files
}

func (v *review) run(ctx context.Context, id string) error {
	if err := v.Look(ctx); err != nil {
		return err
	}
	v.looked, v.out.Frozen = v.View, v.Frozen
	if v.out.Frozen != "" {
		return v.Unreachable
	}
	open, err := v.facts(ctx, id)
	if err != nil || !open {
		v.about = v.looked.Touching(id)
		return err
	}
	v.Now = v.by.Now() // what the forge says may be later than the look
	if err := v.snapshots(ctx); err != nil {
		return err
	}
	v.about = namesOf(v.subjects)
	entries, err := v.captured(ctx)
	if err != nil {
		return err
	}
	if err := v.decide(ctx); err != nil {
		return err
	}
	if v.said.change != nil && (effects{v}).landsNow() {
		return errRemembered
	}
	if v.by.Forge.Can()[forge.Comment] {
		v.patience = againWait
		if len(effects{v}.unshown()) > 0 {
			v.patience = foreseeWait
		}
	}
	v.page = v.pageOf(ctx)
	v.out.Stuck = v.page.Stuck()
	entries = append(entries, v.decisions()...)
	effects := effects{v}
	entries = append(entries, effects.claims()...)
	if err := v.Record(ctx, v.about, v.change.ID, entries); err != nil {
		return err
	}
	v.out.Records = v.Records
	return effects.do(ctx)
}

// capturing reads what the reviews of the change say.
func (v *review) capturing() *approval.Capture {
	return &approval.Capture{Session: v.Session, Judge: v.judge, Change: v.change}
}

// captured reads the reviews of all subjects, and lists what is new to be recorded.
func (v *review) captured(ctx context.Context) ([]ledger.Entry, error) {
	var entries []ledger.Entry
	for i := range v.subjects {
		s := &v.subjects[i]
		if s.strays != nil {
			continue // nobody can approve them
		}
		given, err := v.capturing().Of(ctx, s.Subject)
		if err != nil {
			return nil, err
		}
		s.reviews = given.Reviews
		entries = append(entries, given.Entries...)
		for _, note := range given.Notes {
			if !slices.Contains(v.out.Notes, note) {
				v.out.Notes = append(v.out.Notes, note)
			}
		}
	}
	return entries, nil
}

// namesOf lists subjects.
func namesOf(subjects []subject) []string {
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.Name
	}
	return names
}

// facts reads the change. One that is closed without having landed is recorded
// as such: its approvals end with it.
func (v *review) facts(ctx context.Context, id string) (open bool, err error) {
	if v.said.change != nil {
		v.change = *v.said.change
		v.out.Head = v.change.Head
		return true, nil
	}
	v.change, err = v.by.Forge.Change(ctx, id)
	if unusable(err) && v.change.Open {
		v.cannot, err = err, nil
	}
	if err != nil && !errors.Is(err, forge.ErrUnknown) {
		return false, err
	}
	if err == nil && v.change.Open {
		v.out.Head = v.change.Head
		return v.change.Base == v.Branch, nil
	}
	v.out.Closed, v.out.Landed = true, v.change.Landed
	v.by.forgetRefusal(id)
	v.by.foresight.forget(id)
	touching := v.View.Touching(id)
	if len(touching) == 0 || v.change.Landed != "" {
		return false, nil // nothing to close, or the landing closes it
	}
	return false, v.Record(ctx, touching, id, []ledger.Entry{{
		Kind: ledger.KindClosure, Subject: ledger.SubjectLedger, Sentence: "Close change " + id + ", which was given up",
		Body:     ledger.Closure{Change: id, Apps: touching},
		Trailers: []ledger.Trailer{trailer(id)},
	}})
}

// snapshots reads what governs, what stands, and what would land.
func (v *review) snapshots(ctx context.Context) error {
	governing, err := v.Governing(ctx)
	if err != nil {
		return err
	}
	if v.base, err = v.Snapshot(ctx, v.Tip); err != nil {
		return err
	}
	if v.cannot == nil {
		v.cannot = v.propose(ctx)
	}
	strays := unreadable(v.change.ID, v.cannot)
	switch {
	case v.cannot == nil:
		strays = judge.StrayProblems(v.base, v.proposed)
	case unusable(v.cannot):
		v.proposal, v.proposed = &gitrepo.Proposal{}, v.base
	default:
		return v.cannot
	}
	if v.judge, err = v.by.Judges.New(ctx, governing, v.proposed, v.Now); err != nil {
		return err
	}
	for _, e := range catalog.FolderEdits(v.base, v.proposed) {
		if err := v.addApp(ctx, e); err != nil {
			return err
		}
	}
	stray, err := v.straySubject(strays, v.straying)
	if err != nil {
		return err
	}
	if stray != nil {
		v.subjects = append(v.subjects, *stray)
	}
	asks, err := propose.AsksForGovernance(ctx, v.View, v.change.ID)
	if err != nil {
		return err
	}
	v.governance = v.proposed
	if asks && propose.OnlyNote(v.base, v.proposed) {
		v.governance = v.base // what it asks for stands there already
	}
	if asks || v.base.GovernanceDigest() != v.proposed.GovernanceDigest() {
		_, digest, err := policies.GovernanceEdit(governing, v.governance)
		if err != nil {
			return err
		}
		state, _ := v.View.App(catalog.Governance)
		v.subjects = append(v.subjects, subject{Subject: approval.Subject{Name: catalog.Governance, Digest: digest, State: state}})
	}
	return scanning{v}.scan(ctx)
}

// propose reads what would land.
func (v *review) propose(ctx context.Context) error {
	bases, err := v.Repo.MergeBases(ctx, v.Tip, v.change.Head)
	if err != nil {
		return err
	}
	if len(bases) == 0 {
		return fmt.Errorf("%w: it shares no history with %s; start it again from there", gitrepo.ErrUnrelated, v.Branch)
	}
	if v.proposal, err = v.Repo.Propose(ctx, v.Tip, bases[0], v.change.Head); err != nil {
		return err
	}
	files, err := v.proposal.Files()
	if err != nil {
		return err
	}
	v.files = files
	v.proposed, err = catalog.Load(ctx, v.files, v.change.Head, v.base)
	return err
}
