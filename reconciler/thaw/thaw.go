// Package thaw breaks the glass: it lets content that soaks enter an environment although a
// freeze of it holds. It is one record, an incident; the next pass promotes the content by it,
// once it has soaked and if today's rules still allow it.
package thaw

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/contain"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Done says what was let in.
type Done struct {
	App         string         `json:"app"`
	Digest      catalog.Digest `json:"digest"`
	Environment string         `json:"environment"`
	Freeze      string         `json:"freeze"` // the last one that would have held it
	Until       time.Time      `json:"until"`  // when that would have been over
}

// Thawer breaks the glass. It is safe for concurrent use.
type Thawer struct {
	Sessions *session.Source
	Judges   *judge.Source
	Now      func() time.Time
}

// Thaw lets the newest content of an app into an environment during a freeze. environment may
// be empty where one alone is frozen for the app. It holds for that content alone, and until
// content is admitted there. An app that waits for no freeze is an error that says so.
func (t *Thawer) Thaw(ctx context.Context, app, environment, reason, by string) (Done, error) {
	return session.Retried(func() (Done, error) {
		done, err := t.thaw(ctx, app, environment, reason, by)
		if err != nil {
			return done, fmt.Errorf("let %s in during a freeze: %w", app, err)
		}
		return done, nil
	})
}

func (t *Thawer) thaw(ctx context.Context, app, environment, reason, by string) (Done, error) {
	out := Done{App: app}
	s := t.Sessions.New(t.Now())
	if err := s.Look(ctx); err != nil {
		return out, err
	}
	if s.Frozen != "" {
		return out, fmt.Errorf("%s", s.Frozen)
	}
	state, known := s.View.App(app)
	if !known {
		return out, contain.UnknownApp(app, s.View.Apps())
	}
	b, err := t.Judges.At(ctx, s, s.Tip)
	if err != nil {
		return out, err
	}
	promotion, err := waiting(ctx, b, s.View, state, environment)
	if err != nil {
		return out, err
	}
	out.Digest, out.Environment, out.Freeze, out.Until = promotion.Admitted.Digest, string(promotion.To.Name), string(promotion.Frozen), promotion.At
	return out, s.Record(ctx, []string{app}, "", []ledger.Entry{{
		Kind: ledger.KindIncident, Subject: app,
		Sentence: fmt.Sprintf("Let %s %s into %s during the freeze %s: %s", app, out.Digest.Short(), out.Environment, out.Freeze, reason),
		Body:     ledger.Incident{What: ledger.IncidentThaw, Message: reason, By: by, Marks: []string{out.Environment}, Digest: out.Digest},
	}})
}

// waiting is the promotion of an app that waits for the end of a freeze.
func waiting(ctx context.Context, b *judge.Judge, v *chain.View, state ledger.App, environment string) (judge.Promotion, error) {
	var found []judge.Promotion
	var names []string
	a, ok, err := b.Admitted(ctx, v, state.Name)
	if err != nil {
		return judge.Promotion{}, err
	}
	if ok {
		for _, p := range b.Promotions(state, a.Document) {
			if p.Frozen != "" && (environment == "" || string(p.To.Name) == environment) {
				found, names = append(found, p), append(names, string(p.To.Name))
			}
		}
	}
	switch len(found) {
	case 0:
		return judge.Promotion{}, fmt.Errorf("nothing of it waits for the end of a freeze; `levee status %s` says what becomes of it", state.Name)
	case 1:
		return found[0], nil
	}
	return judge.Promotion{}, fmt.Errorf("it waits in several environments: choose one of %s", strings.Join(names, ", "))
}
