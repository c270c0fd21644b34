package review

import (
	"context"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/judge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/propose"
)

// addApp adds the app in whose folder something differs to the subjects.
func (v *review) addApp(ctx context.Context, e catalog.FolderEdit) error {
	if !e.IsApp() {
		v.straying = append(v.straying, e)
		return nil
	}
	s := subject{Subject: approval.Subject{Name: e.Name, Document: e.To, Edit: e}}
	s.State, _ = v.View.App(e.Name)
	if e.To != nil {
		s.Digest = e.To.Digest()
	}
	if admitted, ok := s.State.Admitted[string(v.judge.Environments().First().Name)]; ok {
		before, err := judge.AdmittedDocument(ctx, v.View, string(v.judge.Environments().First().Name), e.Name, admitted.Path)
		if err != nil {
			return err
		}
		s.Before, s.admitted = before.App(), before
	}
	if e.To == nil {
		s.Digest = policies.RemovalDigest(e.Name, e.From.Digest())
	}
	v.subjects = append(v.subjects, s)
	return nil
}

// decideApp judges what the change makes of an app.
func (v *review) decideApp(ctx context.Context, s *subject) error {
	first := string(v.judge.Environments().First().Name)
	admitted, ok := s.State.Admitted[first]
	held, err := approval.ContributorsToHeld(ctx, v.by.History, s.State, admitted.Commit, s.Edit.Dirs()...)
	if err != nil {
		return err
	}
	own, err := propose.Own(ctx, v.View, v.judge.People, s.Name, v.change)
	if err != nil {
		return err
	}
	holder := v.judge.Environments().DocumentOf(v.proposed, s.State, s.Name)
	q := policies.Question{
		Governing: v.judge.Governing, Proposed: v.proposed, Path: s.Document.Path, Now: v.Now, Approvals: s.reviews, Home: holder == s.Document,
		Facts: policies.Facts{Change: v.judge.People.ChangeFacts(v.change, held, s.Edit.Dirs()...), Secrets: s.secrets},
	}
	q.Facts.Problems = append(behind(v.proposal, v.change.Base, s), v.judge.People.Problems(v.change, held, s.Document.Path, s.Edit.Dirs()...)...)
	q.Facts.Problems = append(q.Facts.Problems, judge.NameTaken(s.Document, holder)...)
	unrendered, err := v.judge.Unrendered(ctx, s.State, s.Document)
	if err != nil {
		v.by.Log.Error("an app of a change could not be rendered", "change", v.change.ID, "app", s.Name, "error", err)
		s.brief, s.decision = v.judge.CouldNotTell(ctx, s.Document)
		return nil
	}
	q.Facts.Problems = append(q.Facts.Problems, unrendered...)
	if !own {
		q.Files, q.By = s.Edit.FilePaths(), v.judge.People.ChangeFacts(v.change, nil, s.Edit.Dirs()...).Contributors
		v.out.Files[s.Name] = s.Edit.Files
	}
	if s.Edit.From != nil {
		q.Stood = s.Edit.From.App()
	}
	if ok {
		q.Admitted = s.Before
		if after := s.Document.App(); q.Admitted != nil && after != nil {
			v.out.Edits[s.Name] = catalog.Edits(q.Admitted, after)
			s.renews = lifecycle.Renews(v.judge.Rules.Settings(), q.Admitted, after, s.State)
		}
		if s.Digest != "" && admitted.Digest == s.Digest && q.Home {
			v.out.Unchanged[s.Name] = true
			q.Facts.Admission = judge.AdmissionFacts(s.State, admitted.Admission, admitted.At)
			q.Facts.Since = s.State.Since
			q.Facts.Before = v.judge.BeforeChange(ctx, v.base, s.Edit.From, s.admitted, q.Facts)
		}
	}
	s.brief = v.judge.Redact(policies.NewBrief(q, v.judge.Rules))
	s.decision = v.judge.Rules.Decide(ctx, s.brief)
	return nil
}

// decideRemoval judges that the change takes the folder of an app away.
func (v *review) decideRemoval(ctx context.Context, s *subject) error {
	q := v.judge.Removal(v.base, s.State, s.Edit, s.Before)
	q.Now, q.Approvals = v.Now, s.reviews
	q.Facts = policies.Facts{
		Change: v.judge.People.ChangeFacts(v.change, nil, s.Edit.Dirs()...), Secrets: s.secrets,
		Problems: append(behind(v.proposal, v.change.Base, s), v.judge.People.Problems(v.change, nil, s.Edit.From.Path, s.Edit.Dirs()...)...),
	}
	v.out.Files[s.Name] = s.Edit.Files
	s.brief = v.judge.Redact(policies.NewRemovalBrief(q, v.judge.Rules))
	s.decision = v.judge.Rules.Decide(ctx, s.brief)
	return nil
}
