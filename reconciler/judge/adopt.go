package judge

import (
	"context"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/identity"
	"github.com/levee-gitops/levee/reconciler/render"
)

// Adopted is what becomes of the apps that exist when a ledger begins.
type Adopted struct {
	Entries []ledger.Entry
	Apps    int
}

// Adopt lists what is recorded of the apps that exist when a ledger begins: each
// is admitted as it stands to every environment that takes its stage, and shown as never reviewed, or
// held as if it had just landed. An app whose file is not valid is neither: it
// cannot run. One whose blueprint cannot be filled in is held in any case.
func Adopt(ctx context.Context, rules *policies.RuleSet, by *render.Source, s *catalog.Snapshot, main catalog.Commit, adopt bool, now time.Time, folder func(*catalog.Document) (catalog.Entry, error)) (Adopted, error) {
	j := &Judge{Governing: s, Rules: rules, Main: s, Now: now, People: identity.NewDirectory(s.Roles(), ""), Render: by}
	var out Adopted
	for doc := range s.Documents("apps/") {
		if doc.App() == nil || s.AppNamed(catalog.Name(doc.Name)) != doc {
			continue
		}
		out.Apps++
		environments := rules.Settings().Reach(doc.App().Spec.Lifecycle.Stage)
		problems, err := by.Problems(ctx, s, doc, environments)
		if err != nil {
			return out, err
		}
		q := policies.Question{Governing: s, Proposed: s, Path: doc.Path, Now: now, Facts: policies.Facts{Problems: problems}}
		brief := policies.NewBrief(q, rules)
		d := rules.Decide(ctx, brief)
		out.Entries = append(out.Entries, DecisionEntry(d, brief, "", main, ""))
		if !adopt || len(problems) > 0 {
			continue
		}
		for _, env := range environments {
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
