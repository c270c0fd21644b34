package reconcilertest

import (
	"time"

	"github.com/levee-gitops/levee/reconciler"
)

// Pass is one pass over everything, a minute later, by a process that starts for it and
// ends with it. It may find the ledger frozen; anything else that fails ends the test.
func (w *World) Pass() reconciler.Done {
	w.T.Helper()
	w.Later(time.Minute)
	done, err := w.TryPass()
	if err != nil || done.Applied.Halted() == "unreachable" || done.Applied.Frozen == "" && done.Applied.Failed() > 0 {
		w.T.Fatalf("a pass: %v\n%s", err, w.said)
	}
	return done
}

// TryPass is a pass at this moment, which may fail.
func (w *World) TryPass() (reconciler.Done, error) {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	done, err := p.Once(w.T.Context())
	if w.said = p.Log.String() + told(done); err != nil {
		w.said += err.Error() + "\n"
	}
	return done, err
}

// Once is a pass of a process that stays.
func (w *World) Once(p *Process) reconciler.Done {
	w.T.Helper()
	done, err := p.Once(w.T.Context())
	w.said = told(done)
	w.must(err)
	return done
}

// Morning is a pass a minute after the scheduled reviews of a day.
func (w *World) Morning(month time.Month, day int) {
	w.T.Helper()
	w.Set(time.Date(2026, month, day, 9, 0, 0, 0, time.UTC))
	w.Pass()
}

// Days makes a pass each morning for a number of days.
func (w *World) Days(n int) {
	w.T.Helper()
	for range n {
		w.Set(w.Now().Truncate(24 * time.Hour).Add(33 * time.Hour))
		w.Pass()
	}
}
