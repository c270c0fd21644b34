package reconciler

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// documentOf is the file that stands for an app in a snapshot: the one it was admitted
// from, wherever else its name is claimed, or where that is gone the first that claims
// it. It is nil where nobody does.
func (b *bench) documentOf(s *catalog.Snapshot, state ledger.App, name string) *catalog.Document {
	for _, env := range b.rules.Settings().Environments {
		if a, ok := state.Admitted[string(env.Name)]; ok {
			if d := s.Document(a.Path); d != nil && d.Kind == catalog.KindApp && d.Name == name {
				return d
			}
		}
	}
	return s.AppNamed(catalog.Name(name))
}

// nameTaken says of a folder that claims the name of an app which lives elsewhere that
// it cannot; the app itself is not to blame and goes on.
func nameTaken(doc, holder *catalog.Document) []catalog.Problem {
	if holder == nil || holder.Path == doc.Path {
		return nil
	}
	return []catalog.Problem{{
		Rule: ruleNameTaken, Level: catalog.Deny, Path: doc.Path, Field: "metadata.name", Controls: []string{},
		Message: fmt.Sprintf("There is an app `%s` already, in `%s`.", doc.Name, path.Dir(holder.Path)),
		Remedy:  fmt.Sprintf("Give this folder, and the name in its file, another name, such as `%s-2`. To move the app, take its folder away from where it was in the same change.", doc.Name),
	}}
}

// addApp adds the app in whose folder something differs to the subjects.
func (v *review) addApp(ctx context.Context, e catalog.FolderEdit) error {
	if !e.IsApp() {
		v.straying = append(v.straying, e)
		return nil
	}
	s := subject{name: e.Name, doc: e.To, edit: e}
	s.state, _ = v.view.App(e.Name)
	if e.To != nil {
		s.digest = e.To.Digest()
	}
	if standing, ok := s.state.Admitted[string(v.bench.first().Name)]; ok {
		before, err := admittedDocument(ctx, v.view, string(v.bench.first().Name), e.Name, standing.Path)
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
	first := string(v.bench.first().Name)
	standing, ok := s.state.Admitted[first]
	held, err := v.contributorsToHeld(ctx, s.state, standing.Commit, s.edit.Dirs()...)
	if err != nil {
		return err
	}
	own, err := v.ownChange(ctx, v.bench, s.name, v.change)
	if err != nil {
		return err
	}
	holder := v.bench.documentOf(v.proposed, s.state, s.name)
	q := policies.Question{
		Governing: v.bench.governing, Proposed: v.proposed, Path: s.doc.Path, Now: v.now, Approvals: s.reviews, Home: holder == s.doc,
		Facts: policies.Facts{Change: v.bench.people.ChangeFacts(v.change, held, s.edit.Dirs()...)},
	}
	q.Facts.Problems = append(v.behind(s), v.bench.people.Problems(v.change, held, s.doc.Path, s.edit.Dirs()...)...)
	q.Facts.Problems = append(q.Facts.Problems, nameTaken(s.doc, holder)...)
	if !own {
		q.Files, q.By = paths(s.edit.Files), v.bench.people.ChangeFacts(v.change, nil, s.edit.Dirs()...).Contributors
		v.out.Files[s.name] = s.edit.Files
	}
	if s.edit.From != nil {
		q.Stood = s.edit.From.App()
	}
	if ok {
		q.Admitted = s.before
		if after := s.doc.App(); q.Admitted != nil && after != nil {
			v.out.Edits[s.name] = catalog.Edits(q.Admitted, after)
			s.renews = lifecycle.Renews(v.bench.rules.Settings(), q.Admitted, after, s.state)
		}
		if s.digest != "" && standing.Digest == s.digest && q.Home {
			v.out.Unchanged[s.name] = true
			q.Facts.Admission = admissionFacts(standing.Admission, standing.At)
			q.Facts.Since = s.state.Since
			q.Facts.Before = v.bench.beforeChange(ctx, v.base, s.edit.From, s.admitted, q.Facts)
		}
	}
	s.brief = policies.NewBrief(q, v.bench.rules)
	s.decision = v.bench.rules.Decide(ctx, s.brief)
	return nil
}

// beforeChange is what rules say of the content that runs without a change: of the file
// that stood on the branch with what lay beside it, where it is that content.
func (b *bench) beforeChange(ctx context.Context, base *catalog.Snapshot, stood, admitted *catalog.Document, facts policies.Facts) *policies.Before {
	doc := admitted
	if stood != nil && stood.Digest() == admitted.Digest() {
		doc = stood
	}
	q := policies.Question{
		Governing: b.governing, Proposed: base, Path: doc.Path, Document: doc, Admitted: doc.App(), Home: true, Now: b.now,
		Facts: policies.Facts{Admission: facts.Admission, Since: facts.Since},
	}
	return policies.BeforeOf(b.rules.Decide(ctx, policies.NewBrief(q, b.rules)))
}

// decideRemoval judges that the change takes the folder of an app away.
func (v *review) decideRemoval(ctx context.Context, s *subject) error {
	q := v.bench.removal(v.base, s.state, s.edit, s.before)
	q.Now, q.Approvals = v.now, s.reviews
	q.Facts = policies.Facts{
		Change:   v.bench.people.ChangeFacts(v.change, nil, s.edit.Dirs()...),
		Problems: append(v.behind(s), v.bench.people.Problems(v.change, nil, s.edit.From.Path, s.edit.Dirs()...)...),
	}
	v.out.Files[s.name] = s.edit.Files
	s.brief = policies.NewRemovalBrief(q, v.bench.rules)
	s.decision = v.bench.rules.Decide(ctx, s.brief)
	return nil
}

// removal is the question whether the folder of an app may be taken away from base.
func (b *bench) removal(base *catalog.Snapshot, state ledger.App, e catalog.FolderEdit, admitted *catalog.App) policies.RemovalQuestion {
	q := policies.RemovalQuestion{Governing: b.governing, Name: e.Name, Path: e.From.Path, App: e.From.App(), Content: e.From.Digest()}
	if b.documentOf(base, state, e.Name) != e.From {
		return q // a folder that only claims the name
	}
	if admitted != nil {
		q.App = admitted
	}
	q.Runs = len(state.Admitted) > 0 && !isDown(state)
	return q
}
