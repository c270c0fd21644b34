package rollout

import (
	"context"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// reportEvery bounds how often it is shown how far what landed has come, while passes follow
// one another.
const reportEvery = 5 * time.Second

// Publisher has it shown on the forge how far what landed has come, beside the passes. It is
// for who makes passes; nil where the forge cannot show it.
type Publisher struct {
	reporter *Reporter
	work     *work.Claimed
	log      *slog.Logger

	reported catalog.Commit // the ledger that is shown
	next     time.Time      // not before
	busy     bool
}

// NewPublisher shows what a reporter says.
func NewPublisher(r *Reporter, w *work.Claimed, log *slog.Logger) *Publisher {
	return &Publisher{reporter: r, work: w, log: log}
}

// Start begins to show what the ledger says, if that is not what is shown, and returns when
// to make a pass for it; zero for none.
func (r *Publisher) Start(ctx context.Context, s *session.Session) time.Time {
	if r == nil || r.busy || s.Seen.Tip == r.reported {
		return time.Time{}
	}
	if s.Now.Before(r.next) {
		return r.next
	}
	tip := s.Seen.Tip
	r.busy, r.next = true, s.Now.Add(reportEvery)
	r.work.Jobs.Start(ctx, work.Job[work.Outcome]{Lane: work.ForgeLane, Key: "show rollouts", Do: func(ctx context.Context, _ time.Time) work.Outcome {
		err := parallel.Guard(r.log, "showing how far what landed has come", tip.Short(), func() error { return r.reporter.Report(ctx) })
		return func(now time.Time) []ledger.Entry {
			r.busy = false
			if err != nil {
				r.next = now.Add(30 * time.Second)
				r.log.Error("it could not be shown how far what landed has come; trying again", "error", err)
				return nil
			}
			r.reported = tip
			return nil
		}
	}})
	return time.Time{}
}

// Finish shows what the ledger says at the end of what is done once, when no job runs.
func (r *Publisher) Finish(ctx context.Context, tip catalog.Commit) error {
	if r == nil || tip == r.reported || ctx.Err() != nil {
		return nil
	}
	if err := r.reporter.Report(ctx); err != nil {
		return err
	}
	r.reported = tip
	return nil
}
