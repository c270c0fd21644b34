package reconciler

import (
	"context"
	"errors"
	"path"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// toLookAt lists the apps to be looked at now: those about which anything was recorded
// since the last pass, by whomever, those whose time has come, and of those that wait as
// many as there is room for. What differs from what the last pass saw waits for its turn;
// the first pass has all wait.
func (p *pass) toLookAt(ctx context.Context, b *judge.Judge) ([]string, error) {
	last := p.r.last
	names := map[string]bool{}
	if last.Main == "" || p.r.known == nil {
		p.enqueue(p.View.Apps()...)
	} else {
		affected, all, err := p.affected(ctx, b)
		if err != nil {
			return nil, err
		}
		if all {
			p.enqueue(p.View.Apps()...)
		}
		waiting := make([]string, len(affected))
		for i, file := range affected {
			waiting[i] = path.Base(path.Dir(file))
		}
		p.enqueue(waiting...)
		for _, name := range p.View.Moved(p.r.known) {
			names[name] = true
		}
	}
	for _, moments := range []map[string]time.Time{p.r.wake, p.r.again} {
		for name, at := range moments {
			if at.After(p.Now) {
				continue
			}
			delete(moments, name)
			if name != catalog.Governance { // which every pass looks at that is not at rest
				names[name] = true
			}
		}
	}
	for _, name := range p.dequeue(b) {
		names[name] = true
	}
	p.withDue(names)
	return sortedApps(names), nil
}

// enqueue has apps wait to be looked at.
func (p *pass) enqueue(names ...string) {
	p.r.queue = append(p.r.queue, names...)
	slices.Sort(p.r.queue)
	p.r.queue = slices.Compact(p.r.queue)
}

// dequeue takes apps that wait, as many as a target has room for effects: that is what
// would follow for most of them.
func (p *pass) dequeue(b *judge.Judge) []string {
	room := 0
	for _, n := range p.room(b) {
		room = max(room, n)
	}
	n := min(len(p.r.queue), room)
	taken := slices.Clone(p.r.queue[:n])
	p.r.queue = slices.Delete(p.r.queue, 0, n)
	if len(p.r.queue) > 0 && room > 0 {
		p.out.Wake = p.Now
	}
	return taken
}

// affected lists the files of the apps that differ from what the last pass saw, or
// that all apps do.
func (p *pass) affected(ctx context.Context, b *judge.Judge) (files []string, all bool, err error) {
	last := p.r.last
	main, err := p.Snapshot(ctx, last.Main)
	if errors.Is(err, gitrepo.ErrNotFound) {
		return nil, true, nil // history was rewritten, and that was accepted
	}
	if err != nil {
		return nil, false, err
	}
	files, _ = catalog.Affected(main, b.Main)
	if last.Governing == b.Governing.Commit() {
		return files, false, nil
	}
	governing, err := p.Snapshot(ctx, last.Governing)
	if errors.Is(err, gitrepo.ErrNotFound) || last.Policy != b.Rules.Digest() {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	more, all := catalog.Affected(governing, b.Governing)
	return append(files, more...), all, nil
}

// setWake has an app looked at when by its state something follows, and not before; the
// zero moment is never.
func (p *pass) setWake(app string, at time.Time) {
	if at.IsZero() {
		delete(p.r.wake, app)
		return
	}
	p.r.wake[app] = at
	p.out.Wake = earliest(p.out.Wake, at)
}

// wakeToo looks at an app at a moment, unless it is looked at before. The zero
// moment is never.
func (p *pass) wakeToo(app string, at time.Time) {
	if !at.IsZero() {
		p.setWake(app, earliest(p.r.wake[app], at))
	}
}

// tryAgain has an app looked at besides, whatever its state is then, because something was
// tried in vain, or somebody else is at it until then.
func (p *pass) tryAgain(app string, at time.Time) {
	at = earliest(p.r.again[app], at)
	p.r.again[app] = at
	p.out.Wake = earliest(p.out.Wake, at)
}

// retry looks at an app again after a while that grows with each failure, from
// two seconds to five minutes.
func (p *pass) retry(app string) {
	n := p.r.failures[app]
	p.r.failures[app] = n + 1
	p.tryAgain(app, p.Now.Add(min(2*time.Second<<min(n, 10), 5*time.Minute)))
}

// earliest is the sooner of two moments, of which the zero one is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
