package reconciler

import (
	"context"
	"sync"
	"time"

	"github.com/levee-gitops/levee/reconciler/parallel"
)

// Leader is who of several replicas begins passes and lists the changes, as one of them knows it.
// It is for who acts first: that nothing is done twice is kept by claims.
type Leader struct {
	Name    string // empty where nobody is known to lead
	Ours    bool   // it is this replica
	Trouble string // why it could not be told last; empty where it could
}

// leadership is what this replica knows of who leads. Where replicas do not agree on one, as with
// a single one, each leads.
type leadership struct {
	mu    sync.Mutex
	agree bool
	now   Leader
	moved chan struct{} // closed, and made anew, at each change
}

// stand has replicas agree from now on. Until it is known who leads, this one does not.
func (l *leadership) stand() { l.agree, l.moved = true, make(chan struct{}) }

func (l *leadership) set(now Leader) (before Leader) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.now = l.now, now
	close(l.moved)
	l.moved = make(chan struct{})
	return before
}

// leads reports whether this replica does, and returns what is closed when that may be otherwise.
func (l *leadership) leads() (bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.agree || l.now.Ours, l.moved
}

// trouble is why nobody leads; empty where somebody does.
func (l *leadership) trouble() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.agree || l.now.Name != "":
		return ""
	case l.now.Trouble != "":
		return "no replica leads: " + l.now.Trouble
	}
	return "no replica is known to lead yet"
}

// said is who leads, for who asks a replica that is well; empty where each does.
func (l *leadership) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := ""
	switch {
	case !l.agree:
		return ""
	case l.now.Ours:
		text = ": this replica leads, " + l.now.Name
	default:
		text = ": it follows " + l.now.Name
	}
	if l.now.Trouble != "" {
		text += ", as it was told before this: " + l.now.Trouble
	}
	return text
}

// whileLeading does something for as long as this replica leads, each time that it does, until ctx
// ends.
func (l *leadership) whileLeading(ctx context.Context, do func(context.Context)) {
	for ctx.Err() == nil {
		leads, moved := l.leads()
		if !leads {
			select {
			case <-ctx.Done():
			case <-moved:
			}
			continue
		}
		leading, stop := context.WithCancel(ctx)
		var side sync.WaitGroup
		side.Go(func() { l.untilLost(leading, stop) })
		do(leading)
		stop()
		side.Wait()
	}
}

// untilLost calls stop once this replica does not lead, or ctx has ended.
func (l *leadership) untilLost(ctx context.Context, stop func()) {
	for {
		leads, moved := l.leads()
		if !leads {
			stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-moved:
		}
	}
}

// led notes who leads. A replica that begins to lead looks at everything at once.
func (r *Reconciler) led(now Leader) {
	before := r.leader.set(now)
	switch {
	case now.Ours && !before.Ours:
		r.Log.Info("this replica leads", "name", now.Name)
		r.metrics.leader.Set(1)
		signal(r.nudged)
		signal(r.ask)
	case before.Ours && !now.Ours:
		r.Log.Warn("this replica does not lead any more, and begins nothing new", "leader", now.Name, "cause", now.Trouble)
		r.metrics.leader.Set(0)
	case now.Name != before.Name:
		r.Log.Info("another replica leads", "leader", now.Name)
	}
	if now.Trouble != "" && now.Trouble != before.Trouble {
		r.Log.Error("who leads cannot be told", "error", now.Trouble)
	}
}

// follow is what a replica does in place of a pass while another leads. It keeps what it knows of
// repository, ledger and catalog up to date, so that it can take over at once, and records how
// that ended which it began while it led. It begins nothing.
func (r *Reconciler) follow(ctx context.Context) (out Applied, err error) {
	err = parallel.Guard(r.Log, "a look beside the leader", r.Branch, func() error {
		if !r.work.Jobs.Idle() || len(r.work.Unrecorded()) > 0 {
			settled, err := r.settled(ctx)
			out.add(settled)
			if err != nil {
				return err
			}
		}
		s := r.Session()
		if err := s.Look(ctx); err != nil {
			return err
		}
		out.Main, out.Frozen, out.Unreachable, out.Wake = s.Tip, s.Frozen, s.Unreachable != nil, time.Time{}
		if s.Frozen != "" {
			return s.Unreachable
		}
		_, err := r.judges.At(ctx, s, s.Tip)
		return err
	})
	return out, err
}
