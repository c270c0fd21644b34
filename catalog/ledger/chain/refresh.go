package chain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// maxCatchUp is how many records are verified one by one when the ledger has moved.
// Beyond that it is judged as after a start without cache; Verify does the rest.
const maxCatchUp = 5000

// Refresh reads the ledger as the mirror has it: fetch first. It verifies every
// commit since the last accepted tip; without one, the genesis, the keys, the last
// commit, and that the one leads to the other, which takes time for apps and not for
// records. The view is frozen if that fails, or if the ledger does not contain one
// of the witnesses: accepted tips that were remembered elsewhere, which must have
// been collected before the fetch. An error means that it could not be told; ask
// again.
func (l *Ledger) Refresh(ctx context.Context, witnesses ...catalog.Commit) (*View, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, finding, err := l.read(ctx, witnesses)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	if finding != nil {
		return l.frozen(ctx, finding)
	}
	if err := l.remember(v); err != nil {
		return nil, err
	}
	return v, nil
}

// accepted is the newest tip that was accepted, as far as is known.
func (l *Ledger) accepted() catalog.Commit {
	if l.last != nil {
		return l.last.Tip
	}
	return l.seen.Tip
}

func (l *Ledger) read(ctx context.Context, witnesses []catalog.Commit) (*View, *Finding, error) {
	id, err := l.repo.Tip(gitrepo.Branch(l.opts.branch()))
	if errors.Is(err, gitrepo.ErrNotFound) {
		return nil, &Finding{Fault: FaultMissing, Message: fmt.Sprintf("there is no branch %s: the ledger was deleted, or never founded", l.opts.branch())}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	tip := catalog.Commit(id)
	v, finding, err := l.at(ctx, tip)
	if finding != nil || err != nil {
		return nil, finding, err
	}
	finding, err = checkWitnesses(ctx, l.repo, v.root, tip, append(witnesses[:len(witnesses):len(witnesses)], l.accepted()))
	return v, finding, err
}

// at reads and verifies the ledger at a tip, whatever the witnesses say.
func (l *Ledger) at(ctx context.Context, tip catalog.Commit) (*View, *Finding, error) {
	if l.last != nil && l.last.Tip == tip {
		return l.last, nil, nil
	}
	line, err := l.since(ctx, tip)
	if err != nil {
		return nil, nil, err
	}
	var finding *Finding
	if line != nil {
		finding, err = checkLine(ctx, l.repo, l.opts.Trust, l.accepted(), line)
	} else {
		finding, err = checkCold(ctx, l.repo, l.opts.Trust, tip)
	}
	if err != nil || finding != nil {
		return nil, finding, err
	}
	v, err := l.load(ctx, tip)
	if err != nil && wrong(err) {
		return nil, &Finding{Fault: FaultState, Commit: tip, Message: fmt.Sprintf("its state cannot be read: %v", err)}, nil
	}
	return v, nil, err
}

// since lists the commits after the accepted tip, or nothing if it is not one of
// the last.
func (l *Ledger) since(ctx context.Context, tip catalog.Commit) ([]catalog.Commit, error) {
	base, seq := l.accepted(), l.seen.Seq
	if l.last != nil {
		seq = l.last.root.Seq
	}
	if base == "" {
		return nil, nil
	}
	line, err := l.repo.FirstParents(ctx, base, tip)
	if err != nil {
		if wrong(err) {
			err = nil
		}
		return nil, err
	}
	if len(line) == 0 {
		return []catalog.Commit{}, nil // the accepted tip itself
	}
	files, err := l.repo.Files(ctx, tip)
	if err != nil {
		return nil, err
	}
	root, err := RootOf(ctx, files)
	if err != nil && !wrong(err) { // what is wrong, the check of the line tells
		return nil, err
	}
	if len(line) > maxCatchUp || root.Seq-seq > maxCatchUp {
		return nil, nil
	}
	return line, nil
}

// checkLine verifies commits that follow each other.
func checkLine(ctx context.Context, repo *gitrepo.Repo, trust Trust, parent catalog.Commit, line []catalog.Commit) (*Finding, error) {
	for _, id := range line {
		c, err := checkCommit(ctx, repo, trust, parent, id)
		if err != nil {
			return nil, err
		}
		if len(c.found) > 0 {
			return &c.found[0], nil
		}
		parent = id
	}
	return nil, nil
}

// load reads the state of a tip: what changed since the last view, or all.
func (l *Ledger) load(ctx context.Context, tip catalog.Commit) (*View, error) {
	info, err := l.repo.Commit(ctx, tip)
	if err != nil {
		return nil, err
	}
	v := &View{Tip: tip}
	if v.files, err = l.repo.FilesOf(info.Tree); err != nil {
		return nil, err
	}
	if v.root, err = RootOf(ctx, v.files); err != nil {
		return nil, err
	}
	if l.last == nil {
		v.apps, err = loadStates(ctx, v.files)
		return v, err
	}
	changes, err := l.repo.Diff(ctx, l.last.files.Tree(), info.Tree)
	if err != nil {
		return nil, err
	}
	var apps []ledger.App
	for _, c := range changes {
		if !strings.HasPrefix(c.Path, "state/") {
			continue
		}
		if c.NewMode == 0 {
			v.apps, err = loadStates(ctx, v.files) // another line of history
			return v, err
		}
		a, err := readApp(ctx, v.files, catalog.Entry{Path: c.Path, Mode: c.NewMode, ID: string(c.NewID)})
		if err != nil {
			return nil, err
		}
		apps = append(apps, a)
	}
	v.apps = l.last.apps.put(apps...)
	return v, nil
}

// frozen is a view that says why it cannot be trusted and knows what the last
// accepted tip knew, and nothing of what came after it.
func (l *Ledger) frozen(ctx context.Context, finding *Finding) (*View, error) {
	if l.last == nil && l.seen.Tip != "" {
		v, err := l.load(ctx, l.seen.Tip)
		if err == nil {
			l.last = v
		} else if !wrong(err) {
			return nil, fmt.Errorf("read the ledger at its last accepted tip: %w", err)
		}
	}
	v := &View{apps: newStates()}
	if l.last != nil {
		copied := *l.last
		v = &copied
	}
	v.Frozen = finding
	return v, nil
}
