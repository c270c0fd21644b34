package reconciler

import (
	"context"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// addApp adds the app in whose folder something differs to the subjects.
func (v *review) addApp(ctx context.Context, e catalog.FolderEdit) error {
	if !e.IsApp() {
		v.straying = append(v.straying, e)
		return nil
	}
	s := subject{name: e.Name, doc: e.To, edit: e}
	s.state, _ = v.View.App(e.Name)
	if e.To != nil {
		s.digest = e.To.Digest()
	}
	if admitted, ok := s.state.Admitted[string(v.judge.First().Name)]; ok {
		before, err := judge.AdmittedDocument(ctx, v.View, string(v.judge.First().Name), e.Name, admitted.Path)
		if err != nil {
			return err
		}
		s.before, s.admitted = before.App(), before
	}
	if e.To == nil {
		s.digest = policies.RemovalDigest(e.Name, e.From.Digest())
	}
	v.subjects = append(v.subjects, s)
	return nil
}

// contributorsToHeld lists who contributed to content of a subject that is held, after a
// commit, in its folders. It is empty where nothing is held.
func (p *pass) contributorsToHeld(ctx context.Context, state ledger.App, since catalog.Commit, folders ...string) ([]forge.Contributor, error) {
	if state.Held == nil || since == "" {
		return nil, nil
	}
	return p.r.history.Contributors(ctx, since, state.Held.Commit, folders...)
}

// paths are the files of an edit beside the app's own.
func paths(files []catalog.FileEdit) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = strings.ToValidUTF8(f.Path, "�")
	}
	return list
}

func (v *review) decideApp(ctx context.Context, s *subject) error {
	first := string(v.judge.First().Name)
	admitted, ok := s.state.Admitted[first]
	held, err := v.contributorsToHeld(ctx, s.state, admitted.Commit, s.edit.Dirs()...)
	if err != nil {
		return err
	}
	own, err := v.ownChange(ctx, v.judge, s.name, v.change)
	if err != nil {
		return err
	}
	holder := v.judge.DocumentOf(v.proposed, s.state, s.name)
	q := policies.Question{
		Governing: v.judge.Governing, Proposed: v.proposed, Path: s.doc.Path, Now: v.Now, Approvals: s.reviews, Home: holder == s.doc,
		Facts: policies.Facts{Change: v.judge.People.ChangeFacts(v.change, held, s.edit.Dirs()...)},
	}
	q.Facts.Problems = append(v.behind(s), v.judge.People.Problems(v.change, held, s.doc.Path, s.edit.Dirs()...)...)
	q.Facts.Problems = append(q.Facts.Problems, judge.NameTaken(s.doc, holder)...)
	if !own {
		q.Files, q.By = paths(s.edit.Files), v.judge.People.ChangeFacts(v.change, nil, s.edit.Dirs()...).Contributors
		v.out.Files[s.name] = s.edit.Files
	}
	if s.edit.From != nil {
		q.Stood = s.edit.From.App()
	}
	if ok {
		q.Admitted = s.before
		if after := s.doc.App(); q.Admitted != nil && after != nil {
			v.out.Edits[s.name] = catalog.Edits(q.Admitted, after)
			s.renews = lifecycle.Renews(v.judge.Rules.Settings(), q.Admitted, after, s.state)
		}
		if s.digest != "" && admitted.Digest == s.digest && q.Home {
			v.out.Unchanged[s.name] = true
			q.Facts.Admission = judge.AdmissionFacts(admitted.Admission, admitted.At)
			q.Facts.Since = s.state.Since
			q.Facts.Before = v.judge.BeforeChange(ctx, v.base, s.edit.From, s.admitted, q.Facts)
		}
	}
	s.brief = policies.NewBrief(q, v.judge.Rules)
	s.decision = v.judge.Rules.Decide(ctx, s.brief)
	return nil
}

// decideRemoval judges that the change takes the folder of an app away.
func (v *review) decideRemoval(ctx context.Context, s *subject) error {
	q := v.judge.Removal(v.base, s.state, s.edit, s.before)
	q.Now, q.Approvals = v.Now, s.reviews
	q.Facts = policies.Facts{
		Change:   v.judge.People.ChangeFacts(v.change, nil, s.edit.Dirs()...),
		Problems: append(v.behind(s), v.judge.People.Problems(v.change, nil, s.edit.From.Path, s.edit.Dirs()...)...),
	}
	v.out.Files[s.name] = s.edit.Files
	s.brief = policies.NewRemovalBrief(q, v.judge.Rules)
	s.decision = v.judge.Rules.Decide(ctx, s.brief)
	return nil
}
