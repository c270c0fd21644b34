package judge

import (
	"context"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/catalog/syntax"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// AdmittedApp is what is admitted of one app: what runs, and what is newest.
type AdmittedApp struct {
	State    ledger.App
	Running  *catalog.Document // in the environment nearest to production
	Document *catalog.Document // the newest, which may not have got there yet
	Newest   ledger.Admitted
}

// Admitted reads what is admitted of an app; ok is false where nothing is.
func (j *Judge) Admitted(ctx context.Context, v *chain.View, name string) (a AdmittedApp, ok bool, err error) {
	state, known := v.App(name)
	env, admitted, ok := j.Environments().LastAdmitted(state)
	if !known || !ok {
		return a, false, nil
	}
	a.State = state
	if a.Running, err = j.RunningDocument(ctx, v, string(env.Name), admitted, name); err != nil || a.Running == nil {
		return a, false, err
	}
	a.Document, a.Newest = a.Running, admitted
	first := string(j.Environments().First().Name)
	if newest, there := state.Admitted[first]; there {
		a.Newest = newest
	}
	if a.Newest.Digest != a.Running.Digest() {
		a.Document, err = j.RunningDocument(ctx, v, first, a.Newest, name)
	}
	return a, a.Document != nil, err
}

// Lifecycle is the app as a scheduled review is given it.
func (a AdmittedApp) Lifecycle() lifecycle.App {
	return lifecycle.App{State: a.State, Document: a.Document, Admitted: a.Newest}
}

// RunningDocument is the content that runs in an environment: what stands on the
// catalog's branch where that is the same, else what the ledger kept.
func (j *Judge) RunningDocument(ctx context.Context, v *chain.View, environment string, admitted ledger.Admitted, name string) (*catalog.Document, error) {
	if doc := j.Main.Document(admitted.Path); doc != nil && doc.Digest() == admitted.Digest {
		return doc, nil
	}
	return AdmittedDocument(ctx, v, environment, name, admitted.Path)
}

// AdmittedDocument reads what was admitted of an app from the ledger's own tree.
// It is nil where nothing was.
func AdmittedDocument(ctx context.Context, v *chain.View, environment, app, path string) (*catalog.Document, error) {
	fail := func(err error) (*catalog.Document, error) {
		return nil, fmt.Errorf("read what was admitted of %s: %w", app, err)
	}
	files := v.Admitted(environment, app)
	entries, err := files.List(ctx, "")
	if err != nil {
		return fail(err)
	}
	i := slices.IndexFunc(entries, func(e catalog.Entry) bool { return e.Path == "app.yaml" })
	if i < 0 {
		return nil, nil
	}
	src, err := files.Read(ctx, entries[i], syntax.MaxManifest)
	if err != nil {
		return fail(err)
	}
	d := catalog.Parse(path, entries[i].ID, src)
	evidence, err := files.List(ctx, "evidence")
	if err == nil {
		err = d.ReadEvidence(ctx, files, evidence)
	}
	if err != nil {
		return fail(err)
	}
	return d, nil
}
