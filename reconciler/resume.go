package reconciler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// seen is what the last pass judged by and looked at: what differs from it is what
// the next one has to do. It is empty where everything has to be looked at.
type seen struct {
	Main      catalog.Commit `json:"main"`
	Governing catalog.Commit `json:"governing"`
	Policy    catalog.Digest `json:"policy"`
	Ledger    catalog.Commit `json:"ledger"` // its tip once the pass had ended
}

// resumeState is what a pass knows when it has ended: where everything stood, and when to look
// at which app again. A daemon that starts and finds everything
// standing there still goes on from it. Verdicts are not in it: there is nothing to
// gain from it but time, and nothing to lose but a look that comes too late.
type resumeState struct {
	Wiring string `json:"wiring"`
	seen
	Wake map[string]time.Time `json:"wake"`
}

func (x resumeState) equal(y resumeState) bool {
	return x.Wiring == y.Wiring && x.seen == y.seen && maps.EqualFunc(x.Wake, y.Wake, time.Time.Equal)
}

// settle is how long after a start that found everything at rest the targets are
// looked at. It lets the daemon be ready first.
const settle = 5 * time.Second

// atRest reports whether nothing moved since the last pass, and no app's time has
// come.
func (p *pass) atRest() bool {
	if p.r.last.Ledger == "" || p.View.Tip != p.r.last.Ledger || p.r.work.Agenda.Waiting() > 0 { // each landing is on the ledger, too
		return false
	}
	next := p.r.work.Agenda.Next()
	if !next.IsZero() && !next.After(p.Now) {
		return false
	}
	return true
}

// recall goes on, once after a start, from where the process before was at rest:
// if it was the same program with the same configuration, and nobody has recorded
// anything since. What landed since then is found by what it changed.
func (p *pass) recall() {
	r := p.r
	if r.Resume == "" || r.recalled {
		return
	}
	r.recalled = true
	raw, err := os.ReadFile(r.Resume)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.Log.Warn("what the last process left cannot be read; looking at everything", "error", err)
		}
		return
	}
	var found resumeState
	if json.Unmarshal(raw, &found) != nil || found.Wiring != r.Wiring || found.Ledger != p.View.Tip {
		return
	}
	r.last, r.rested, r.known = found.seen, found, p.View
	for app, at := range found.Wake {
		r.work.Agenda.WakeToo(app, at)
	}
	r.Deploy.ObserveAfter(p.Now, settle)
}

// remember writes down where everything stands, if nothing was recorded since the last
// pass over the catalog ended. A process that dies while it is at work writes nothing:
// what it wrote before does not fit the ledger any more.
func (r *Reconciler) remember(ctx context.Context) {
	r.sessions.Writing.Lock()
	defer r.sessions.Writing.Unlock()
	if r.Resume == "" || r.last.Ledger == "" || r.work.Agenda.Waiting() > 0 || len(r.work.Unrecorded()) > 0 || !r.work.Jobs.Idle() {
		return
	}
	now := resumeState{Wiring: r.Wiring, seen: r.last, Wake: r.work.Agenda.Moments()}
	if now.equal(r.rested) {
		return
	}
	if view, err := r.Ledger.Refresh(ctx); err != nil || view.Frozen != nil || view.Tip != r.last.Ledger {
		return
	}
	if err := now.write(r.Resume); err != nil {
		r.Log.Warn("where everything stands cannot be remembered; the next start looks at everything", "error", err)
		return
	}
	r.rested = now
}

// write replaces the file. It does not wait for the disk: what power loss garbles
// does not parse.
func (x resumeState) write(name string) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(name+".new", append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
