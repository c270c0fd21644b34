package judge

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// Outcome is what follows for one app: what is to be recorded, and when to
// look again even if nothing happens.
type Outcome struct {
	App      string
	Entries  []ledger.Entry
	Held     *policies.Decision // newly held content, for those who are told
	Decision policies.Decision  // the verdict on what runs
	Review   *lifecycle.Review  // for the third loop; nil where nothing runs
	Wake     time.Time          // zero where only an event can change anything
	Contain  string             // the rule by which it has to be contained at once; empty for none
	Bypassed string             // what came past the check although nothing is held, in words
	Trouble  error              // it could not be told; others go on
}

// CouldNotTell is the decision on an app whose deciding broke off. There is nothing in
// the brief that it could be judged by.
func (j *Judge) CouldNotTell(ctx context.Context, doc *catalog.Document) (policies.Brief, policies.Decision) {
	brief := policies.Brief{
		Kind: string(catalog.KindApp), Subject: doc.Name, Path: doc.Path, Policy: j.Rules.Digest(), Digest: doc.Digest(),
		Now: j.Now.UTC(), Holders: map[string][]catalog.Name{},
	}
	return brief, j.Rules.Decide(ctx, brief)
}

// BrokeOff is what is recorded of an app that landed then. It is held.
func (j *Judge) BrokeOff(ctx context.Context, doc *catalog.Document, commit catalog.Commit) Outcome {
	brief, d := j.CouldNotTell(ctx, doc)
	return Outcome{App: doc.Name, Held: &d, Entries: []ledger.Entry{DecisionEntry(d, brief, "", commit, "")}}
}
