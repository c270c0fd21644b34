package reconciler

import (
	"context"
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// page gathers what the comment on the change is written from. What cannot be found
// out any more, such as what an approval of long ago was about, is left out: the
// decision stands without it.
func (v *review) page(ctx context.Context) page {
	p := page{
		out: v.out, change: v.change, who: v.bench.who, settings: v.bench.rules.Settings(), lands: v.r.MergeWhenApproved, refused: v.refused().why,
		about: map[string]about{},
	}
	p.agree = "approve this change in a review"
	if !v.r.Forge.Can()[forge.Comment] {
		p.agree = "run " + span("levee approve "+v.change.ID)
	}
	areas := map[string]bool{}
	for _, rule := range v.bench.rules.Rules() {
		if area, _, _ := strings.Cut(rule.ID, "."); p.settings.Rules[rule.ID].Enforcement != "off" && !rule.Own {
			areas[area] = true
		}
	}
	for _, s := range v.subjects {
		a := about{reviews: s.reviews, since: map[string][]catalog.FieldEdit{}, areas: areas, before: s.before}
		if s.strays != nil {
			p.about[s.name] = a
			continue
		}
		if s.doc == nil {
			files, _, _ := policies.GovernanceEdit(v.bench.governing, v.proposed)
			for _, file := range files {
				a.files = append(a.files, fileWords(v.bench.governing, v.proposed, file))
			}
			a.impact = v.outcome
			p.about[s.name] = a
			continue
		}
		a.path, a.app = s.doc.Path, s.doc.App()
		if a.app != nil && a.before != nil && s.renews != "" {
			t := timetable{zone: p.settings.Location(), now: v.now}
			a.until = catalog.DateOf(t.age(a.app.Spec.Lifecycle, p.settings.Lifecycle).ends, t.zone)
		}
		for _, ignored := range s.decision.Approvals.Ignored {
			if given := approvalOf(s.reviews, ignored.ID); a.app != nil && given.Digest != "" && given.Digest != s.digest {
				if then := v.documentAt(ctx, s.doc.Path, v.commitOf(s, given)); then.App() != nil && then.Digest() == given.Digest {
					a.since[ignored.ID] = catalog.Edits(then.App(), a.app)
				}
			}
		}
		p.about[s.name] = a
	}
	return p
}

// commitOf is a head of the change that held what an approval was given for.
func (v *review) commitOf(s subject, given catalog.Approval) catalog.Commit {
	for _, j := range s.state.Changes[v.change.ID].Judged {
		if j.Digest == given.Digest {
			return j.Commit
		}
	}
	for _, r := range v.change.Reviews {
		if r.ID == given.ID {
			return r.Commit
		}
	}
	return ""
}

// flip is an app that runs and that a change of governance would have judged
// otherwise.
type flip struct {
	app      string
	from, to policies.Verdict
	why      string // the first problem, or what is newly asked for
	running  *policies.Running
	grace    catalog.Duration // until the app has to be mended; zero where none is known
}

var flipWords = map[policies.Verdict]string{
	policies.Allow: "fine", policies.NeedsApproval: "waiting for approval", policies.Deny: "something to fix",
	policies.Invalid: "cannot be read", policies.Error: "could not be checked",
}

func (f flip) words() string {
	words := fmt.Sprintf("%s: from “%s” to “%s”", span(f.app), flipWords[f.from], flipWords[f.to])
	if f.why != "" {
		words += ". " + plain(f.why)
	}
	switch {
	case f.running == nil || f.to == policies.Allow:
		return words
	case f.running.Effect == policies.Contain:
		return words + " It is cut off at once."
	case f.grace > 0:
		return fmt.Sprintf("%s It runs on for %s, and its owner is told.", words, days(f.grace))
	}
	return words + " It runs on, and its owner is told."
}
