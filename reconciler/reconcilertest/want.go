package reconcilertest

import (
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/reconciler/replay"
)

// WantPreview fails unless an open change, by its branch, is shown with all the words.
func (w *World) WantPreview(branch string, words ...string) {
	w.T.Helper()
	change := w.Preview(branch)
	for _, word := range words {
		if text := change.Title + "\n" + change.Text; !strings.Contains(text, word) {
			w.T.Errorf("of publish/%s it is not shown that %q:\n%s", branch, word, text)
		}
	}
}

// WantRecorded fails unless the ledger says all the words.
func (w *World) WantRecorded(words ...string) {
	w.T.Helper()
	log := strings.Join(w.Log(), "\n")
	for _, word := range words {
		if !strings.Contains(log, word) {
			w.T.Errorf("it is not on record that %q:\n%s", word, log)
		}
	}
}

// WantHeld fails unless content of an app is on record as held with a verdict; an empty one
// wants none held.
func (w *World) WantHeld(app string, verdict ledger.Verdict) {
	w.T.Helper()
	got := ledger.Held{}
	if h := w.App(app).Held; h != nil {
		got = *h
	}
	if got.Verdict != verdict {
		w.T.Errorf("of %s is held what is %q, want %q", app, got.Verdict, verdict)
	}
}

// WantStage compares the stage of an app.
func (w *World) WantStage(app string, want ledger.Stage) {
	w.T.Helper()
	if got := w.App(app).Stage; got != want {
		w.T.Errorf("%s is %s, want %s", app, got, want)
	}
}

// WantAudit verifies the ledger against all who remember it, decides everything again,
// and fails on any finding.
func (w *World) WantAudit() {
	w.T.Helper()
	report := w.Audit()
	for _, f := range report.Findings {
		w.T.Errorf("audit: %s: %v", f.Fault, f.Error())
	}
	if len(report.Witnesses) == 0 {
		w.T.Error("audit: nothing remembers the ledger")
	}
}

// Audit is what a verification of the ledger finds.
func (w *World) Audit() chain.Report {
	w.T.Helper()
	ctx, p := w.T.Context(), w.start(nil)
	defer p.Close()
	view, err := p.Ledger.Refresh(ctx)
	w.must(err)
	past, err := replay.PastRules(ctx, p.Repo, p.Engine, view)
	w.must(err)
	report, err := chain.Verify(ctx, p.Repo, w.trust, nil, past.Replay(ctx, engineName(p.Engine)), p.Witnesses.List(ctx, w.Now())...)
	w.must(err)
	return report
}
