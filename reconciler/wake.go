package reconciler

import (
	"context"
	"errors"
	"path"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// toLookAt lists the apps that may have something to do: those that differ from
// what the last pass saw, those about which anything was recorded since, by whomever, and those whose time has come. The first pass looks at
// all.
func (p *pass) toLookAt(ctx context.Context, b *judge.Judge) ([]string, error) {
	last := p.r.last
	if last.Main == "" || p.r.known == nil {
		return p.View.Apps(), nil
	}
	affected, all, err := p.affected(ctx, b)
	if err != nil || all {
		return p.View.Apps(), err
	}
	names := map[string]bool{}
	for _, name := range p.View.Moved(p.r.known) {
		names[name] = true
	}
	for _, file := range affected {
		names[path.Base(path.Dir(file))] = true
	}
	for name, at := range p.r.wake {
		switch {
		case at.After(p.Now):
		case name == catalog.Governance: // which every pass looks at that is not at rest
			p.setWake(name, time.Time{})
		default:
			names[name] = true
		}
	}
	p.withDue(names)
	return sortedApps(names), nil
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

// retry looks at an app again after a while that grows with each failure, from
// two seconds to five minutes.
func (p *pass) retry(app string) {
	n := p.r.failures[app]
	p.r.failures[app] = n + 1
	p.setWake(app, p.Now.Add(min(2*time.Second<<min(n, 10), 5*time.Minute)))
}

// earliest is the sooner of two moments, of which the zero one is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
