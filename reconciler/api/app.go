package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// App is everything about one app.
type App struct {
	Commit catalog.Commit `json:"commit"`
	Ledger catalog.Commit `json:"ledger"`
	Frozen string         `json:"frozen,omitempty"`
	Summary
	// Decision is today's on what runs or, where nothing does, on what its file says. It is left out
	// where there is neither.
	Decision     *Decision         `json:"decision,omitempty"`
	Environments []Environment     `json:"environments"`
	Holding      *Holding          `json:"holding,omitempty"`     // the content that is held
	Containment  *Mark             `json:"containment,omitempty"` // who cut it off, and why
	Throttle     *Mark             `json:"throttle,omitempty"`    // who throttled it, and why
	Changes      []string          `json:"changes"`               // open changes that touch it
	Deadlines    []lifecycle.Event `json:"deadlines"`             // what the scheduled reviews do if nobody does anything
}

// Decision is one, with whether what it is about runs.
type Decision struct {
	Runs bool `json:"runs"`
	policies.Decision
}

// Environment is an app in one environment.
type Environment struct {
	Name     string    `json:"name"`
	Admitted *Admitted `json:"admitted,omitempty"` // what may run
	Applied  *Applied  `json:"applied,omitempty"`  // what the target was last seen to hold
	Pending  bool      `json:"pending"`            // what may run is not applied yet
}

// Admitted is content that may run.
type Admitted struct {
	Record  int64          `json:"record"` // of the admission, in the ledger
	At      time.Time      `json:"at"`
	Digest  catalog.Digest `json:"digest"`
	Commit  catalog.Commit `json:"commit"`
	Cause   ledger.Cause   `json:"cause,omitempty"` // empty where it follows from a landing
	Roles   []string       `json:"roles"`           // whose approval it has
	Adopted bool           `json:"adopted"`         // it was never reviewed
}

// Applied is what a target was last seen to hold, and how that does.
type Applied struct {
	Digest   catalog.Digest        `json:"digest"`
	At       time.Time             `json:"at"`
	Outcome  ledger.Outcome        `json:"outcome"`
	Disabled bool                  `json:"disabled"`
	Error    string                `json:"error,omitempty"`
	Health   *ledger.AppliedHealth `json:"health,omitempty"` // left out where the target tells of none
}

// Holding is content that landed and may not run.
type Holding struct {
	Digest  catalog.Digest `json:"digest"`
	Commit  catalog.Commit `json:"commit"`
	Verdict ledger.Verdict `json:"verdict"`
	At      time.Time      `json:"at"`
}

// Mark is that somebody contained or throttled an app.
type Mark struct {
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// ahead is how far deadlines are looked for, and mostDeadlines how many are told.
const (
	ahead         = 400 * 24 * time.Hour
	mostDeadlines = 20
)

// app answers GET /v1/apps/{name}.
func (a *API) app(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	return within(r.Context(), a.looking, func(ctx context.Context) error {
		s, err := a.look(ctx)
		if err != nil {
			return err
		}
		_, known := s.View.App(name)
		if name == "" || name[0] == '@' || !known && s.main.AppNamed(catalog.Name(name)) == nil {
			return problem(http.StatusNotFound, "There is no app of this name; /v1/apps lists them.")
		}
		one, err := a.about(ctx, s, name)
		if err != nil {
			return err
		}
		a.answer(w, r, http.StatusOK, "application/json", one)
		return nil
	})
}

// about is everything about an app.
func (a *API) about(ctx context.Context, s *state, name string) (App, error) {
	j, err := a.judge(ctx, s)
	if err != nil {
		return App{}, err
	}
	recorded, _ := s.View.App(name)
	one := App{
		Commit: s.main.Commit(), Ledger: s.View.Tip, Frozen: s.frozen(), Summary: s.summary(name),
		Environments: []Environment{}, Changes: slices.AppendSeq([]string{}, maps.Keys(recorded.Changes)), Deadlines: []lifecycle.Event{},
	}
	slices.Sort(one.Changes)
	if h := recorded.Held; h != nil {
		one.Holding = &Holding{h.Digest, h.Commit, h.Verdict, h.At}
	}
	if q := recorded.Quarantine; q != nil {
		one.Containment = &Mark{q.By, q.Reason, q.At}
	}
	if t := recorded.Throttle; t != nil {
		one.Throttle = &Mark{t.By, t.Reason, t.At}
	}
	for _, env := range j.Rules.Settings().Environments {
		one.Environments = append(one.Environments, environmentOf(recorded, string(env.Name)))
	}
	return one, a.judged(ctx, s, j, &one)
}

// judged adds what is decided today of what runs of an app, and its deadlines; where nothing runs, what
// is decided of what its file says.
func (a *API) judged(ctx context.Context, s *state, j *judge.Judge, one *App) error {
	admitted, runs, err := j.Admitted(ctx, s.View, one.Name)
	if err != nil {
		return fmt.Errorf("read what runs of %s: %w", one.Name, err)
	}
	if runs {
		d := j.Rejudge(ctx, admitted.State, admitted.Running).Decision
		if admitted.Running.App() != nil {
			one.Decision = decided(true, d, admitted.Running)
		}
		events, err := lifecycle.Forecast(j.Lifecycle(), []lifecycle.Judged{{App: admitted.Lifecycle(), Decision: d}}, s.View.Root().Disabled, j.Now, ahead)
		if err != nil {
			return fmt.Errorf("look ahead: %w", err)
		}
		one.Deadlines = append(one.Deadlines, events[:min(len(events), mostDeadlines)]...)
	}
	if doc := s.main.AppNamed(catalog.Name(one.Name)); one.Decision == nil && doc != nil {
		q := policies.Question{Governing: j.Governing, Proposed: j.Main, Path: doc.Path, Now: j.Now}
		one.Decision = decided(false, j.Rules.Decide(ctx, j.Redact(policies.NewBrief(q, j.Rules))), doc)
	}
	return ctx.Err()
}

// decided is a decision for whoever has the document open.
func decided(runs bool, d policies.Decision, doc *catalog.Document) *Decision {
	if d = d.Locate(doc); d.Problems == nil {
		d.Problems = []catalog.Problem{}
	}
	return &Decision{runs, d}
}

// environmentOf is an app in one environment, as the ledger has it.
func environmentOf(recorded ledger.App, name string) Environment {
	env := Environment{Name: name}
	admitted, may := recorded.Admitted[name]
	if may {
		env.Admitted = &Admitted{admitted.Seq, admitted.At, admitted.Digest, admitted.Commit, admitted.Cause, append([]string{}, admitted.Roles...), admitted.TakenOver()}
	}
	if a, ok := recorded.Applied[name]; ok {
		env.Applied = &Applied{a.Digest, a.At, a.Outcome, a.Disabled, a.Error, a.Health}
	}
	env.Pending = may && recorded.Applied[name].Admission != admitted.Seq
	return env
}
