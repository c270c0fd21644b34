package reconciler

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// toLookAt lists the apps to be looked at now: those about which anything was recorded
// since the last pass, by whomever, those whose time has come, and of those that wait as
// many as there is room for. What differs from what the last pass saw waits for its turn;
// the first pass has all wait.
func (p *pass) toLookAt(ctx context.Context, b *judge.Judge) ([]string, error) {
	last, agenda := p.r.last, p.r.work.Agenda
	names := map[string]bool{}
	if last.Main == "" || p.r.known == nil {
		agenda.Enqueue(p.View.Apps()...)
	} else {
		affected, all, err := p.affected(ctx, b)
		if err != nil {
			return nil, err
		}
		if all {
			agenda.Enqueue(p.View.Apps()...)
		}
		waiting := make([]string, len(affected))
		for i, file := range affected {
			waiting[i] = path.Base(path.Dir(file))
		}
		agenda.Enqueue(waiting...)
		for _, name := range p.View.Moved(p.r.known) {
			names[name] = true
			for _, waits := range p.r.Deploy.WaitingFor(name) {
				names[waits] = true
			}
		}
	}
	for _, name := range agenda.Due(p.Now) {
		if name != catalog.Governance { // which every pass looks at that is not at rest
			names[name] = true
		}
	}
	room := p.r.Deploy.Room(p.Session, b) // an effect is what follows for most of them
	for _, name := range agenda.Dequeue(room) {
		names[name] = true
	}
	if agenda.Waiting() > 0 && room > 0 {
		p.out.Wake = p.Now
	}
	p.withDue(names)
	return slices.Sorted(maps.Keys(names)), nil
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
