package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Applied says what a pass of the second loop did.
type Applied struct {
	Main        catalog.Commit `json:"main"`                  // the tip of the catalog's branch
	Frozen      string         `json:"frozen,omitempty"`      // why nothing new was admitted or applied; empty if it was
	Unreachable bool           `json:"unreachable,omitempty"` // that is so because the repository could not be asked, and nobody is distrusted
	Landings    int            `json:"landings"`              // landings decided
	Records     int            `json:"records"`
	Pushes      int            `json:"pushes"`
	Evaluated   int64          `json:"evaluated"` // rules evaluated
	Apps        []string       `json:"apps"`
	Effects     []Effect       `json:"effects"`
	Stages      []Moved        `json:"stages"`        // of apps whose life went on
	Notices     []Told         `json:"notices"`       // delivered
	Unsent      int            `json:"unsent"`        // notices that could not be sent
	Wake        time.Time      `json:"wake,omitzero"` // when to look again even if nothing happens; zero for never
}

// Halted is one word for why nothing new is done, or empty.
func (a Applied) Halted() string {
	switch {
	case a.Frozen == "":
		return ""
	case a.Unreachable:
		return "unreachable"
	}
	return "frozen"
}

// Failed counts the effects that failed.
func (a Applied) Failed() int {
	n := 0
	for _, e := range a.Effects {
		if e.Error != "" {
			n++
		}
	}
	return n
}

// Effect is one step that was made in a target.
type Effect struct {
	App         string         `json:"app"`
	Environment string         `json:"environment"`
	Verb        target.Verb    `json:"verb"`
	Outcome     target.Outcome `json:"outcome"`
	Reason      string         `json:"reason"`
	Error       string         `json:"error,omitempty"`
}

// Apply makes one pass of the second loop: what landed is decided and recorded,
// what was admitted is driven into its targets, in the order of environments. It
// is safe to kill at any instruction and to repeat.
//
//	fetch → view → what differs → decisions, admissions, claims → effects → receipts
func (r *Reconciler) Apply(ctx context.Context) (Applied, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.Engine.Evaluated()
	p := &pass{r: r, now: r.Now()}
	err := parallel.Guard(r.Log, "a pass", r.Branch, func() error { return p.run(ctx) })
	if parallel.IsPanic(err) {
		r.last, r.known = seen{}, nil // nobody knows how far it came
	}
	p.out.Evaluated = r.Engine.Evaluated() - before
	if err != nil {
		return p.out, fmt.Errorf("apply the catalog: %w", err)
	}
	return p.out, nil
}

// pass is one pass, from one fetch on.
type pass struct {
	r      *Reconciler
	now    time.Time
	view   *ledger.View
	draft  *ledger.Draft // records noted and not pushed yet
	spoilt bool          // the draft, by an error: it is of no more use
	tip    catalog.Commit
	out    Applied

	landed catalog.Commit // the ledger's tip, without what is noted only
	seen   *ledger.View   // the newest of which everything was looked at: what others record later is for the next pass

	landings int     // decided and not pushed yet
	stages   []Moved // likewise

	proposals   []proposal
	untold      error // why the forge could not tell what landed; all else goes on
	unreachable error // why the repository could not be asked; drift is corrected all the same
}

// maxRaces is how often a pass begins again because another replica was first.
const maxRaces = 5

func (p *pass) run(ctx context.Context) error {
	for race := 0; ; race++ {
		err := p.once(ctx)
		if err != nil {
			// Nobody knows what was recorded: look at everything again. What was only noted did not happen.
			p.r.last, p.r.known, p.draft, p.proposals = seen{}, nil, nil, nil
			p.landings, p.stages = 0, nil
		}
		if !errors.Is(err, gitrepo.ErrStale) || race == maxRaces {
			return errors.Join(err, p.untold)
		}
	}
}

func (p *pass) once(ctx context.Context) error {
	if err := p.look(ctx); err != nil {
		return err
	}
	if p.out.Frozen != "" {
		return errors.Join(p.driftWhileFrozen(ctx), p.unreachable)
	}
	p.recall()
	if err := p.landAll(ctx); err != nil {
		return err
	}
	if p.untold != nil {
		p.tip = p.view.Root().Main // what came after waits; all else goes on as of that
	}
	effects, tellings, err := p.reconcile(ctx)
	if err != nil {
		return err
	}
	drifted, err := p.drift(ctx, effects)
	if err != nil {
		return err
	}
	if err := p.push(ctx); err != nil {
		return err
	}
	if err := p.perform(ctx, append(effects, drifted...), tellings); err != nil {
		return err
	}
	p.r.known, p.r.last.Ledger = p.seen, p.seen.Tip
	return nil
}

// landAll decides what landed since the last accepted tip, oldest first. It stops at
// what the forge cannot tell about, as when it is away.
func (p *pass) landAll(ctx context.Context) error {
	before := p.view
	for {
		landed, untold := p.nextLanding(ctx)
		if untold != nil || landed == nil {
			p.untold = untold
			return nil
		}
		change, untold := p.changeOf(ctx, landed.change)
		if untold != nil {
			p.untold = untold
			return nil
		}
		if err := p.land(ctx, *landed, change); errors.Is(err, gitrepo.ErrStale) || ctx.Err() != nil {
			return err
		} else if err != nil {
			// What runs is looked after all the same.
			p.untold = fmt.Errorf("decide what landed as %s: %w", landed.to.Short(), err)
			if p.spoilt {
				p.view, p.draft, p.spoilt, p.landings = before, nil, false, 0
			}
			return nil
		}
	}
}

// look fetches and reads the ledger. A ledger or a branch that was rewritten
// freezes what is new; targets are witnesses of that too.
func (p *pass) look(ctx context.Context) error {
	_, unreachable := p.r.Repo.Fetch(ctx)
	view, err := p.r.Ledger.Refresh(ctx, p.r.witnesses...)
	if err != nil {
		return errors.Join(unreachable, err)
	}
	p.view, p.landed, p.seen = view, view.Tip, view
	if unreachable != nil {
		p.unreachable, p.out.Unreachable = unreachable, true
		p.out.Frozen = "the repository cannot be reached: " + unreachable.Error()
		return nil
	}
	if view.Frozen != nil {
		p.out.Frozen = "the ledger is not to be trusted: " + view.Frozen.Error()
		return nil
	}
	p.r.witnesses = nil // it contains them
	id, err := p.r.Repo.Tip(gitrepo.Branch(p.r.Branch))
	if errors.Is(err, gitrepo.ErrNotFound) {
		p.out.Frozen = fmt.Sprintf("the branch %s is gone", p.r.Branch)
		return nil
	}
	if err != nil {
		return err
	}
	p.tip = catalog.Commit(id)
	p.out.Main = p.tip
	finding, err := p.r.Ledger.Main(ctx, view, p.tip)
	if err != nil {
		return err
	}
	if finding != nil {
		p.out.Frozen = finding.Error()
		return nil
	}
	return p.hear(ctx)
}

// note writes records into the pass's draft, and goes on from the state they lead
// to. They land with the next push.
func (p *pass) note(ctx context.Context, entries []ledger.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if p.draft == nil {
		p.draft = p.r.Ledger.Draft(p.view)
	}
	view, err := p.draft.Write(ctx, p.now, entries...)
	if err != nil {
		p.spoilt = true
		return err
	}
	p.view = view
	return nil
}

// push lands what was noted. A pass pushes at most twice: what is decided,
// admitted and claimed before its effects, and receipts after them.
func (p *pass) push(ctx context.Context) error {
	draft := p.draft
	p.draft = nil
	if draft == nil {
		return nil
	}
	view, err := draft.Push(ctx)
	if err != nil {
		return err
	}
	p.view, p.landed, p.seen = view, view.Tip, view
	p.out.Landings += p.landings
	p.out.Stages = append(p.out.Stages, p.stages...)
	p.landings, p.stages = 0, nil
	p.out.Records += draft.Len()
	p.out.Pushes++
	return nil
}

// append notes records and lands them at once.
func (p *pass) append(ctx context.Context, entries []ledger.Entry) error {
	if err := p.note(ctx, entries); err != nil {
		return err
	}
	return p.push(ctx)
}

// judgeAt sets up judging the catalog at a commit by what governs now. Without a
// commit it is the governing one itself, for what looks only at what is admitted.
func (p *pass) judgeAt(ctx context.Context, commit catalog.Commit) (*judge.Judge, error) {
	governing, err := p.governing(ctx)
	if err != nil {
		return nil, err
	}
	main := governing
	if commit != "" {
		if main, err = p.r.snapshot(ctx, commit); err != nil {
			return nil, err
		}
	}
	return p.r.judge(ctx, governing, main, p.now)
}

// reconcile looks at every app that could have something to do, records what
// follows, and returns the effects this replica may now do, and what it may say.
func (p *pass) reconcile(ctx context.Context) ([]effect, []telling, error) {
	if p.atRest() {
		return nil, nil, nil
	}
	b, err := p.judgeAt(ctx, p.tip)
	if err != nil {
		return nil, nil, err
	}
	apps, err := p.toLookAt(ctx, b)
	if err != nil {
		return nil, nil, err
	}
	results := make([]judge.Outcome, len(apps))
	parallel.Each(len(apps), func(i int) {
		err := parallel.Guard(p.r.Log, "looking at an app", apps[i], func() error {
			results[i] = b.Consider(ctx, p.view, apps[i])
			return nil
		})
		if err != nil {
			results[i] = judge.Outcome{App: apps[i], Trouble: err}
		}
	})
	var entries []ledger.Entry
	var reviews []*lifecycle.Review
	for _, c := range results {
		entries = append(entries, c.Entries...)
		p.setWake(c.App, c.Wake)
		if c.Review != nil {
			reviews = append(reviews, c.Review)
		}
		if c.Contain != "" {
			entries = append(entries, p.containByRule(ctx, b, c.App, c.Contain))
		}
		if c.Trouble != nil {
			p.r.Log.Error("an app could not be looked at", "app", c.App, "error", c.Trouble)
			p.retry(c.App)
		}
	}
	p.out.Apps = apps
	if err := p.note(ctx, entries); err != nil {
		return nil, nil, err
	}
	tellings, err := p.review(ctx, b, reviews)
	if err != nil {
		return nil, nil, err
	}
	if err := p.askForHeld(ctx, b, apps); err != nil {
		return nil, nil, err
	}
	p.r.last = seen{Main: p.tip, Governing: b.Governing.Commit(), Policy: b.Rules.Digest()}
	effects, claims := p.claim(ctx, b, apps)
	return effects, tellings, p.note(ctx, claims)
}
