package judge

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// Adopted is what becomes of the apps that exist when a ledger begins.
type Adopted struct {
	Entries []ledger.Entry
	Apps    int
}

// Adopt lists what is recorded of the apps that exist when a ledger begins: each
// is admitted as it stands to every environment that takes its stage, and shown as never reviewed, or
// held as if it had just landed. An app whose file is not valid is neither: it
// cannot run.
func Adopt(ctx context.Context, rules *policies.RuleSet, s *catalog.Snapshot, main catalog.Commit, adopt bool, now time.Time, folder func(*catalog.Document) (catalog.Entry, error)) (Adopted, error) {
	j := &Judge{Governing: s, Rules: rules, Main: s, Now: now, People: identity.NewDirectory(s.Roles(), "")}
	var out Adopted
	for doc := range s.Documents("apps/") {
		if doc.App() == nil || s.AppNamed(catalog.Name(doc.Name)) != doc {
			continue
		}
		out.Apps++
		q := policies.Question{Governing: s, Proposed: s, Path: doc.Path, Now: now}
		brief := policies.NewBrief(q, rules)
		d := rules.Decide(ctx, brief)
		out.Entries = append(out.Entries, DecisionEntry(d, brief, "", main, ""))
		if !adopt {
			continue
		}
		for _, env := range rules.Settings().Reach(doc.App().Spec.Lifecycle.Stage) {
			e, err := j.admit(doc, env, policies.Decision{}, Origin{Commit: main}, ledger.CauseAdopted)
			if err != nil {
				return out, err
			}
			kept, err := folder(doc)
			if err != nil {
				return out, err
			}
			e.Keep = KeepFolder(e, kept)
			out.Entries = append(out.Entries, e)
		}
	}
	return out, nil
}
