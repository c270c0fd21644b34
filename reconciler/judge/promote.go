package judge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Promotion is content that goes from one environment to the next, by itself.
type Promotion struct {
	From, To settings.Environment
	Admitted ledger.Admitted // where it is
	At       time.Time       // when it has soaked
	Held     string          // why it goes no further by itself; empty for most
	Frozen   catalog.Name    // the freeze after whose end that is; empty where none holds it
}

// Promotions lists where content that was applied goes next.
func (j *Judge) Promotions(state ledger.App, doc *catalog.Document) []Promotion {
	var list []Promotion
	all := j.Environments()
	environments := all.Reach(state, doc.App())
	for i := 1; i < len(environments); i++ {
		s := Promotion{From: environments[i-1], To: environments[i]}
		var ok bool
		if s.Admitted, ok = state.Admitted[string(s.From.Name)]; !ok || s.Admitted.Digest != doc.Digest() {
			continue
		}
		applied := state.Applied[string(s.From.Name)]
		if applied.Admission != s.Admitted.Seq || applied.Outcome == ledger.OutcomeFailed {
			continue
		}
		if there, ok := state.Admitted[string(s.To.Name)]; ok && there.Digest == s.Admitted.Digest {
			continue
		}
		ready, why := readySince(applied)
		s.At, s.Held = ready.Add(s.From.Soak.Std()), why
		if f := all.frozen(state, doc, s.To, latest(s.At, j.Now)); !f.Until.IsZero() {
			s.At, s.Frozen = f.Until, f.By
		}
		if all.isLast(s.To) && s.Admitted.Bot && len(s.Admitted.Approvals) == 0 {
			s.Held = "a bot asked for it, and no person answers for it"
		}
		list = append(list, s)
	}
	return list
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// readySince is from when content soaks: since it was ready, and not before it was applied.
// A target that never told of the app's health lets it count from then. It is in words why
// the content goes no further until its health is told to be another.
func readySince(applied ledger.Applied) (since time.Time, why string) {
	h := applied.Health
	switch {
	case !h.Told():
		return applied.At, ""
	case h.State != ledger.HealthReady:
		why = fmt.Sprintf("it is %s there", h.State)
		if h.State == ledger.HealthUnknown {
			why = "nobody can tell how it does there"
		}
		if reason := cmp.Or(h.Shared(time.UTC), h.Reason); reason != "" {
			why += ": " + reason
		}
		return applied.At, why
	case h.Since.After(applied.At):
		return h.Since, ""
	}
	return applied.At, ""
}

// Promote admits to the next environment what has soaked in the one before.
func (j *Judge) Promote(ctx context.Context, state ledger.App, doc *catalog.Document) Outcome {
	c := Outcome{App: state.Name}
	if doc.App() == nil {
		return c
	}
	for _, s := range j.Promotions(state, doc) {
		if j.Now.Before(s.At) {
			c.Wake = work.Earliest(c.Wake, s.At)
			continue
		}
		if s.Held != "" {
			continue
		}
		r, err := j.RenderWhole(ctx, doc, s.To)
		if err != nil {
			c.Trouble = errors.Join(c.Trouble, err)
			continue
		}
		if !j.stillAllowed(ctx, state, doc, s.Admitted) {
			continue
		}
		promotion := s.Admitted.Admission
		promotion.Environment, promotion.Render, promotion.Cause = string(s.To.Name), r.Digest, ledger.CausePromotion
		promotion.Adopted = s.Admitted.TakenOver()
		c.Entries = append(c.Entries, AdmissionEntry(doc, promotion))
	}
	return c
}

// stillAllowed asks today's rules before content goes on to the next environment.
func (j *Judge) stillAllowed(ctx context.Context, state ledger.App, doc *catalog.Document, current ledger.Admitted) bool {
	q := policies.Question{
		Governing: j.Governing, Proposed: j.Main, Path: doc.Path, Document: doc, Admitted: doc.App(), Now: j.Now, Home: true,
		Facts: policies.Facts{Admission: AdmissionFacts(state, current.Admission, current.At)},
	}
	return j.Rules.Decide(ctx, j.Redact(policies.NewBrief(q, j.Rules))).Verdict == policies.Allow
}
