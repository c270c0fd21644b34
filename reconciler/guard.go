package reconciler

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// A panicked error stands for what broke off in the middle. It is that app's, or that
// change's, and could not be told.
type panicked struct {
	value any
	stack []byte // where it did
}

func (p panicked) Error() string { return fmt.Sprintf("it broke off: %v", p.value) }

// guard does something for one app or change. What breaks off is logged with where it
// did, and is an error then: the daemon goes on with everything else.
func (r *Reconciler) guard(what, name string, do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			broke, ok := value.(panicked) // elsewhere, on another processor
			if !ok {
				broke = panicked{value, debug.Stack()}
			}
			r.Log.Error(what+" broke off", "of", name, "panic", fmt.Sprint(broke.value), "stack", string(broke.stack))
			err = broke
		}
	}()
	return do()
}

// couldNotTell is the decision on an app whose deciding broke off. There is nothing in
// the brief that it could be judged by.
func (b *bench) couldNotTell(ctx context.Context, doc *catalog.Document) (policies.Brief, policies.Decision) {
	brief := policies.Brief{
		Kind: string(catalog.KindApp), Subject: doc.Name, Path: doc.Path, Policy: b.rules.Digest(), Digest: doc.Digest(),
		Now: b.now.UTC(), Holders: map[string][]catalog.Name{},
	}
	return brief, b.rules.Decide(ctx, brief)
}

// brokeOff is what is recorded of an app that landed then. It is held.
func (b *bench) brokeOff(ctx context.Context, doc *catalog.Document, commit catalog.Commit) considered {
	brief, d := b.couldNotTell(ctx, doc)
	return considered{app: doc.Name, held: &d, entries: []ledger.Entry{decisionEntry(d, brief, "", commit, "")}}
}
