package reconciler

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// standing is what is admitted of one app: what runs, and what is newest.
type standing struct {
	state    ledger.App
	running  *catalog.Document // in the environment nearest to production
	document *catalog.Document // the newest, which may not have got there yet
	newest   ledger.Admitted
}

// standingOf reads what is admitted of an app; ok is false where nothing is.
func (p *pass) standingOf(ctx context.Context, b *bench, name string) (s standing, ok bool, err error) {
	state, known := p.view.App(name)
	env, admitted, ok := b.lastAdmitted(state)
	if !known || !ok {
		return s, false, nil
	}
	s.state = state
	if s.running, err = p.runningDocument(ctx, b, string(env.Name), admitted, name); err != nil || s.running == nil {
		return s, false, err
	}
	s.document, s.newest = s.running, admitted
	if newest, there := state.Admitted[string(b.first().Name)]; there {
		s.newest = newest
	}
	if s.newest.Digest != s.running.Digest() {
		s.document, err = p.runningDocument(ctx, b, string(b.first().Name), s.newest, name)
	}
	return s, s.document != nil, err
}

// lifecycle is the app as a scheduled review is given it.
func (s standing) lifecycle() lifecycle.App {
	return lifecycle.App{State: s.state, Document: s.document, Admitted: s.newest}
}

// consider works out what follows for one app that was admitted before.
func (p *pass) consider(ctx context.Context, b *bench, name string) considered {
	s, ok, err := p.standingOf(ctx, b, name)
	if err != nil || !ok {
		return considered{app: name, trouble: err}
	}
	c := b.rejudge(ctx, s.state, s.running)
	c.review = lifecycle.NewReview(b.lifecycle(), s.lifecycle(), c.decision, b.now)
	promoted := b.promote(ctx, s.state, s.document)
	for i, e := range promoted.entries {
		// What goes on is what was admitted before, wherever its commit is by now. What is
		// rendered anew is kept already.
		folder, _, err := p.view.Kept(ctx, b.before(e.Body.(ledger.Admission).Environment, s.document.App().Spec.Lifecycle.Stage), name)
		if err != nil {
			return considered{app: name, trouble: err}
		}
		promoted.entries[i].Keep = keepFolder(e, folder)
	}
	c.entries = append(c.entries, promoted.entries...)
	c.wake, c.trouble = earliest(c.wake, promoted.wake), errors.Join(c.trouble, promoted.trouble)
	return c
}

// runningDocument is the content that runs in an environment: what stands on the
// catalog's branch where that is the same, else what the ledger kept.
func (p *pass) runningDocument(ctx context.Context, b *bench, environment string, standing ledger.Admitted, name string) (*catalog.Document, error) {
	if doc := b.main.Document(standing.Path); doc != nil && doc.Digest() == standing.Digest {
		return doc, nil
	}
	return admittedDocument(ctx, p.view, environment, name, standing.Path)
}

// admittedDocument reads what was admitted of an app from the ledger's own tree.
// It is nil where nothing was.
func admittedDocument(ctx context.Context, v *ledger.View, environment, app, path string) (*catalog.Document, error) {
	files := v.Admitted(environment, app)
	entries, err := files.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read what was admitted of %s: %w", app, err)
	}
	for _, e := range entries {
		if e.Path != "app.yaml" {
			continue
		}
		src, err := files.Read(ctx, e, catalog.MaxManifest)
		if err != nil {
			return nil, fmt.Errorf("read what was admitted of %s: %w", app, err)
		}
		d := catalog.Parse(path, e.ID, src)
		evidence, err := files.List(ctx, "evidence")
		if err != nil {
			return nil, fmt.Errorf("read what was admitted of %s: %w", app, err)
		}
		if err := d.ReadEvidence(ctx, files, evidence); err != nil {
			return nil, fmt.Errorf("read what was admitted of %s: %w", app, err)
		}
		return d, nil
	}
	return nil, nil
}
