package reconcilertest

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Count is how many records of the ledger say something.
func (w *World) Count(words string) int {
	w.T.Helper()
	return strings.Count(strings.Join(w.Log(), "\n"), words)
}

// View is the ledger as it stands.
func (w *World) View() *chain.View {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	view, err := p.Ledger.Refresh(w.T.Context())
	w.must(err)
	return view
}

// App is what is on record of an app, of catalog.Governance or of what is no app.
func (w *World) App(name string) ledger.App {
	w.T.Helper()
	app, known := w.View().App(name)
	if !known {
		w.T.Fatalf("the ledger knows no app %s", name)
	}
	return app
}

// OpenChanges are the publish branches, by name, without what all begin with.
func (w *World) OpenChanges() []string {
	w.T.Helper()
	return strings.Fields(w.Remote.Git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/publish/"))
}

// ChangeOf is the one open change on record that touches an app, by the name of its branch.
func (w *World) ChangeOf(app string) string {
	w.T.Helper()
	changes := w.App(app).Changes
	for id := range changes {
		if len(changes) == 1 {
			return strings.TrimPrefix(id, "publish/")
		}
	}
	w.T.Fatalf("%d open changes touch %s", len(changes), app)
	return ""
}

// Lose takes away a file or folder.
func (w *World) Lose(name string) {
	w.T.Helper()
	if _, err := os.Stat(filepath.Join(w.Dir, name)); err != nil {
		w.T.Fatal(err)
	}
	w.must(os.RemoveAll(filepath.Join(w.Dir, name)))
}

// Unreachable takes the repository away, until what it returns is called.
func (w *World) Unreachable() (back func()) {
	w.T.Helper()
	away := w.Remote.Dir + ".away"
	w.must(os.Rename(w.Remote.Dir, away))
	return func() {
		w.T.Helper()
		w.must(os.Rename(away, w.Remote.Dir))
	}
}

// Onward is what becomes of the newest content of an app by itself.
func (w *World) Onward(app string) []string {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	words, err := p.Status.Onward(w.T.Context(), app)
	w.must(err)
	return words
}

// Gone are the apps whose file is gone from the catalog.
func (w *World) Gone() map[string]bool {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	view, err := p.Ledger.Refresh(w.T.Context())
	w.must(err)
	gone, err := p.Status.Gone(w.T.Context(), view.Apps()...)
	w.must(err)
	return gone
}

// Leavers says of apps whose owner or fallback left who that is.
func (w *World) Leavers(apps ...string) map[string][]string {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	said, err := p.Status.Leavers(w.T.Context(), apps...)
	w.must(err)
	return said
}

// Due is what happens to apps until a horizon if nobody does anything: to those named, or
// to all.
func (w *World) Due(horizon time.Duration, apps ...string) []lifecycle.Event {
	w.T.Helper()
	p := w.start(nil)
	defer p.Close()
	events, err := p.Status.Due(w.T.Context(), w.Now(), horizon, apps...)
	w.must(err)
	return events
}
