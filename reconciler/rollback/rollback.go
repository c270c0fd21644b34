// Package rollback goes back to content that was admitted before: one record of a decision
// under today's rules, and an admission for each environment. What the targets hold then
// differs from it, and is applied as ever.
package rollback

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/contain"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/session"
)

// Done says what a rollback went back to.
type Done struct {
	App          string            `json:"app"`
	From         catalog.Digest    `json:"from"`
	To           catalog.Digest    `json:"to"`
	Environments []string          `json:"environments"`
	Decision     policies.Decision `json:"decision"`
}

// Roller goes back. It is safe for concurrent use.
type Roller struct {
	Sessions *session.Source
	Judges   *judge.Source
	Now      func() time.Time
}

// Back goes back to content that was admitted before where the app runs, nearest
// to production: to the last that differs from what runs there, or to the one whose
// digest begins with to. What still soaks is newer, and never goes on by this. It is
// decided under today's rules, with the approvals it had, and recorded as what it is.
// What stands on the catalog's branch is left alone; its next change is measured from
// here.
func (r *Roller) Back(ctx context.Context, app, to, reason, by string) (Done, error) {
	return session.Retried(func() (Done, error) { return r.back(ctx, app, to, reason, by) })
}

func (r *Roller) back(ctx context.Context, app, to, reason, by string) (Done, error) {
	out := Done{App: app, Environments: []string{}}
	s := r.Sessions.New(r.Now())
	fail := func(err error) (Done, error) { return out, fmt.Errorf("roll %s back: %w", app, err) }
	if err := s.Look(ctx); err != nil {
		return fail(err)
	}
	if s.Frozen != "" {
		return fail(fmt.Errorf("%s", s.Frozen))
	}
	b, err := r.Judges.At(ctx, s, s.Tip)
	if err != nil {
		return fail(err)
	}
	state, known := s.View.App(app)
	if !known {
		return fail(contain.UnknownApp(app, s.View.Apps()))
	}
	env, admitted, ok := b.Environments().LastAdmitted(state)
	if !ok {
		return fail(fmt.Errorf("nothing of it was ever admitted"))
	}
	earlier, err := earlierAdmission(ctx, s, app, string(env.Name), admitted, to)
	if err != nil {
		return fail(err)
	}
	doc, err := documentAt(ctx, s, earlier)
	if err != nil {
		return fail(err)
	}
	q := policies.Question{
		Governing: b.Governing, Proposed: b.Main, Path: earlier.Path, Document: doc, Admitted: doc.App(), Now: s.Now, Home: true,
		Facts: policies.Facts{Admission: judge.AdmissionFacts(state, earlier, s.Now)},
	}
	brief := b.Redact(policies.NewBrief(q, b.Rules))
	out.Decision = b.Rules.Decide(ctx, brief)
	out.From, out.To = admitted.Digest, earlier.Digest
	if out.Decision.Verdict != policies.Allow {
		return fail(fmt.Errorf("today's rules say %s to %s", out.Decision.Verdict, earlier.Digest.Short()))
	}
	folder, err := s.Folder(ctx, earlier.Commit, strings.TrimSuffix(earlier.Path, "/app.yaml"))
	if err != nil {
		return fail(err)
	}
	entries := []ledger.Entry{judge.DecisionEntry(out.Decision, brief, "", earlier.Commit, string(b.Environments().First().Name))}
	for _, env := range b.Rules.Settings().Environments {
		now, ok := state.Admitted[string(env.Name)]
		if !ok || now.Digest == earlier.Digest {
			continue
		}
		rendered, err := b.RenderWhole(ctx, doc, env)
		if err != nil {
			return fail(err)
		}
		a := earlier
		a.Environment, a.Render, a.Cause, a.Reason, a.By = string(env.Name), rendered.Digest, ledger.CauseRollback, reason, by
		a.Decision = 0 // it follows from the one that is recorded with it
		a.Adopted = earlier.TakenOver()
		e := judge.AdmissionEntry(doc, a)
		e.Keep = judge.KeepFolder(e, folder)
		entries = append(entries, e)
		out.Environments = append(out.Environments, string(env.Name))
	}
	if err := s.Record(ctx, []string{app}, "", entries); err != nil {
		return fail(err)
	}
	return out, nil
}

// earlierAdmission finds the admission to an environment to go back to. What a rollback went back
// from is not gone back to by another one, unless it is named.
func earlierAdmission(ctx context.Context, s *session.Session, app, environment string, admitted ledger.Admitted, to string) (ledger.Admission, error) {
	records, err := s.View.Records(ctx, ledger.KindAdmission, app)
	if err != nil {
		return ledger.Admission{}, err
	}
	var all []ledger.Admission // to that environment, oldest first
	for _, record := range records {
		body, err := record.Read()
		if err != nil {
			return ledger.Admission{}, err
		}
		if a := body.(ledger.Admission); a.Environment == environment {
			all = append(all, a)
		}
	}
	if to == "" {
		for _, a := range slices.Backward(goodOf(all)) {
			if a.Digest != admitted.Digest {
				return a, nil
			}
		}
		return ledger.Admission{}, fmt.Errorf("nothing else of it was ever admitted to %s that nobody went back from; name older content with --to", environment)
	}
	for _, a := range slices.Backward(all) {
		hash := string(a.Digest)[strings.IndexByte(string(a.Digest), ':')+1:]
		if strings.HasPrefix(hash, to) || string(a.Digest) == to {
			return a, nil
		}
	}
	return ledger.Admission{}, fmt.Errorf("no content %s of it was ever admitted to %s", to, environment)
}

// goodOf are the admissions to an environment, oldest first, without those that a
// rollback went back from.
func goodOf(all []ledger.Admission) []ledger.Admission {
	var good []ledger.Admission
	for _, a := range all {
		if a.Cause == ledger.CauseRollback {
			same := func(b ledger.Admission) bool { return b.Digest == a.Digest }
			for len(good) > 0 && slices.ContainsFunc(good, same) && !same(good[len(good)-1]) {
				good = good[:len(good)-1]
			}
			if slices.ContainsFunc(good, same) {
				continue
			}
		}
		good = append(good, a)
	}
	return good
}

// documentAt reads an app's file as it was admitted, with the evidence beside it.
func documentAt(ctx context.Context, s *session.Session, a ledger.Admission) (*catalog.Document, error) {
	doc, err := s.Document(ctx, a.Commit, a.Path)
	if err != nil {
		return nil, err
	}
	if doc.App() == nil || doc.Digest() != a.Digest {
		return nil, fmt.Errorf("the content at %s is not what was admitted", a.Commit.Short())
	}
	files, err := s.Repo.Files(ctx, a.Commit)
	if err != nil {
		return nil, err
	}
	evidence, err := files.List(ctx, path.Join(path.Dir(a.Path), "evidence"))
	if err == nil {
		err = doc.ReadEvidence(ctx, files, evidence)
	}
	if err != nil {
		return nil, fmt.Errorf("read the evidence beside %s at %s: %w", a.Path, a.Commit.Short(), err)
	}
	return doc, nil
}
