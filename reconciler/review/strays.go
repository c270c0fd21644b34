package review

import (
	"context"
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/approval"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// straySubject is what is judged of them: one subject for all, since none of them has a
// name. It is nil where there is nothing.
func (v *review) straySubject(problems []catalog.Problem, edits []catalog.FolderEdit) (*subject, error) {
	if len(problems) == 0 && len(edits) == 0 {
		return nil, nil
	}
	return newStraySubject(v, problems)
}

func newStraySubject(v *review, problems []catalog.Problem) (*subject, error) {
	digest, err := catalog.HashOf("f1", map[string]any{"change": v.change.ID, "head": string(v.change.Head)})
	if err != nil {
		return nil, err
	}
	state, _ := v.View.App(catalog.Strays)
	return &subject{Subject: approval.Subject{Name: catalog.Strays, Digest: digest, State: state}, strays: problems}, nil
}

// decideStrays says what is wrong with them. Nobody can approve it; taking it away needs
// nobody's approval.
func (v *review) decideStrays(ctx context.Context, s *subject) {
	at := v.change.ID
	if len(s.strays) > 0 {
		at = s.strays[0].Path
	} else if len(v.straying) > 0 && len(v.straying[0].Dirs()) > 0 {
		at = v.straying[0].Dirs()[0]
	} else if len(s.secrets) > 0 && s.secrets[0].Path != "" {
		at = s.secrets[0].Path
	}
	s.brief = policies.Brief{
		Kind: "Strays", Subject: catalog.Strays, Path: at, Policy: v.judge.Rules.Digest(), Digest: s.Digest,
		Facts: policies.Facts{Change: v.judge.People.ChangeFacts(v.change, nil), Problems: v.judge.People.Problems(v.change, nil, at), Secrets: s.secrets}, Invalid: s.strays,
		Now: v.Now.UTC(), Holders: map[string][]catalog.Name{},
	}
	s.brief = v.judge.Redact(s.brief)
	s.decision = v.judge.Rules.Decide(ctx, s.brief)
}

// unusable reports whether an error is about what a change holds, and will be the same
// whenever it is read again.
func unusable(err error) bool {
	return errors.Is(err, catalog.ErrTooLarge) || errors.Is(err, catalog.ErrMalformed) || errors.Is(err, gitrepo.ErrUnrelated) || errors.Is(err, forge.ErrUnusable)
}

// unreadable is what is judged of a change that cannot be read: that its author is
// told, where they look for the verdict, and once.
func unreadable(change string, err error) []catalog.Problem {
	return []catalog.Problem{{
		Rule: ruleUnreadable, Level: catalog.Deny, Path: change, Controls: []string{},
		Message: fmt.Sprintf("This change cannot be read: %v.", err),
		Remedy:  "Start a new branch from the catalog's branch, and make the change there once more, in smaller parts where it is large.",
	}}
}
