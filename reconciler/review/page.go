package review

import (
	"context"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

// pageOf gathers what the comment on the change is written from. What cannot be found
// out any more, such as what an approval of long ago was about, is left out: the
// decision stands without it.
func (v *review) pageOf(ctx context.Context) comment.Page {
	p := comment.Page{
		Change: v.change, State: v.out.State, Notes: v.out.Notes, People: v.judge.People, Settings: v.judge.Rules.Settings(), Governing: v.judge.Governing,
		Areas: map[string]bool{}, Lands: v.by.MergeWhenApproved, Refused: v.refused().why, Agree: "approve this change in a review",
	}
	if !v.by.Forge.Can()[forge.Comment] {
		p.Agree = "run `levee approve " + v.change.ID + "`"
	}
	for _, rule := range v.judge.Rules.Rules() {
		if area, _, _ := strings.Cut(rule.ID, "."); p.Settings.Rules[rule.ID].Enforcement != "off" && !rule.Own {
			p.Areas[area] = true
		}
	}
	foreseen := v.foresee(ctx)
	for i, s := range v.subjects {
		x := v.pageSubject(ctx, p.Settings, s, v.out.Decisions[i])
		x.Foreseen = foreseen[s.Name]
		p.Subjects = append(p.Subjects, x)
	}
	return p
}

// pageSubject is what the page says of one subject.
func (v *review) pageSubject(ctx context.Context, settings *settings.Settings, s subject, shown policies.Decision) comment.Subject {
	x := comment.Subject{
		Decision: shown, Before: s.Before, Reviews: s.reviews, Since: map[string][]catalog.FieldEdit{},
		Unchanged: v.out.Unchanged[s.Name], Edits: v.out.Edits[s.Name], Files: v.out.Files[s.Name],
	}
	switch {
	case s.Name == catalog.Governance:
		files, _, _ := policies.GovernanceEdit(v.judge.Governing, v.proposed)
		for _, file := range files {
			x.Governance = append(x.Governance, comment.FileWords(v.judge.Governing, v.proposed, file))
		}
		x.Impact = v.impact
		return x
	case s.Document == nil:
		x.Folders = s.Edit.Dirs()
		return x
	}
	x.Folders, x.App = s.Edit.Dirs(), s.Document.App()
	if x.App == nil {
		return x
	}
	x.Evidence = v.judge.Rules.Signing(v.judge.Governing).Overview(s.Document, settings.Location())
	if x.Before != nil && s.renews != "" {
		x.Until = lifecycle.Ends(settings, x.App)
	}
	for _, ignored := range s.decision.Approvals.Ignored {
		given := x.Approval(ignored.ID)
		if given.Digest == "" || given.Digest == s.Digest {
			continue
		}
		if then := v.capturing().DocumentAt(ctx, s.Document.Path, commitOf(v.change, s, given)); then.App() != nil && then.Digest() == given.Digest {
			x.Since[ignored.ID] = catalog.Edits(then.App(), x.App)
		}
	}
	return x
}

// commitOf is a head of a change that held what an approval was given for.
func commitOf(change forge.Change, s subject, given catalog.Approval) catalog.Commit {
	for _, j := range s.State.Changes[change.ID].Judged {
		if j.Digest == given.Digest {
			return j.Commit
		}
	}
	for _, r := range change.Reviews {
		if r.ID == given.ID {
			return r.Commit
		}
	}
	return ""
}
