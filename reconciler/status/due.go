package status

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Due plays the scheduled reviews forward, from now until a horizon, if nobody did
// anything and every notice arrived. It does nothing. What the rules say is taken as
// of now: they may say otherwise by then. Where apps are named only they are played,
// and what the others do to the caps is left out.
func (r *Reader) Due(ctx context.Context, now time.Time, horizon time.Duration, apps ...string) ([]lifecycle.Event, error) {
	s := r.Sessions.New(now)
	fail := func(err error) ([]lifecycle.Event, error) { return nil, fmt.Errorf("look ahead: %w", err) }
	if err := s.Look(ctx); err != nil {
		return fail(err)
	}
	b, err := r.Judges.At(ctx, s, s.Tip)
	if err != nil {
		return fail(err)
	}
	if len(apps) == 0 {
		apps = s.View.Apps()
	}
	var judged []lifecycle.Judged
	for _, name := range apps {
		a, ok, err := b.Admitted(ctx, s.View, name)
		if err != nil {
			return fail(err)
		}
		if ok {
			judged = append(judged, lifecycle.Judged{App: a.Lifecycle(), Decision: b.Rejudge(ctx, a.State, a.Running).Decision})
		}
	}
	events, err := lifecycle.Forecast(b.Lifecycle(), judged, s.View.Root().Disabled, b.Now, horizon)
	if err != nil {
		return fail(err)
	}
	return events, nil
}
