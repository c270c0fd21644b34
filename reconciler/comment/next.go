package comment

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
)

// writeNext says what happens by itself, what somebody has to do, and what follows
// from the merge.
func (p Page) writeNext(b *strings.Builder, s Subject) {
	b.WriteString("**What happens next:** ")
	switch {
	case len(blocking(s)) > 0:
		b.WriteString("put it right on this branch. It is then looked at again by itself.")
	case p.Change.Draft:
		b.WriteString("this is marked as a draft. Nobody is asked to look at it until it is marked as ready.")
	case p.approvers().stuckAt(s):
		b.WriteString("as long as nobody can agree, nothing does. What has to change first is named above; this is then looked at again by itself.")
	case len(s.Approvals.Missing) > 0:
		b.WriteString("those named above are asked. Once they agree, " + p.merge(false) + ".")
	case p.Refused != "":
		fmt.Fprintf(b, "it could not be merged, and is tried again by itself. This is what stands in the way: %s.", spanOf(p.Refused, 200))
	default:
		b.WriteString(p.merge(true) + ".")
	}
	if s.Verdict == policies.Invalid && s.App == nil && len(s.Governance) == 0 {
		b.WriteString(" What follows from it can be told once the file can be read.\n")
		return
	}
	fmt.Fprintf(b, " After the merge %s.\n", afterwards(p.Settings, s))
}

// merge says who merges.
func (p Page) merge(now bool) string {
	who, soon := "whoever looks after this branch can merge it", "whoever looks after this branch can merge it now"
	if p.Lands {
		who, soon = "it is merged by itself", "it is merged by itself, now"
	}
	if now {
		if p.Lands && len(p.Subjects) > 1 {
			return "it is merged by itself, once everything in it is fine"
		}
		return soon
	}
	return who
}

// afterwards says what the merge brings about.
func afterwards(settings *settings.Settings, s Subject) string {
	switch {
	case s.Subject == catalog.Governance:
		return "every app is judged by this, those that run included"
	case s.Kind == policies.KindRemoval:
		return "its folder is gone, and nothing of it runs"
	case s.Unchanged:
		return "the same app goes on running"
	case s.App != nil && s.App.Spec.Lifecycle.Stage == "retired":
		return "its owner is told a last time, and then it is switched off. Until its data is finally removed, it can be brought back"
	case s.Until != "":
		return fmt.Sprintf("its time starts again: the owner is asked about it before %s", span(string(s.Until)))
	}
	if s.App == nil {
		return published(settings, s.Publish, "")
	}
	return published(settings, s.Publish, s.App.Spec.Lifecycle.Stage)
}

// published says where content goes and when, and why not further.
func published(set *settings.Settings, how, stage string) string {
	if set == nil || len(set.Environments) == 0 {
		return "it is published"
	}
	environments := set.Environments
	if stage != "" {
		environments = set.Reach(stage)
	}
	list := make([]catalog.Name, len(environments))
	for i, env := range environments {
		list[i] = env.Name
	}
	words := "it runs in " + names(list, "and") + " at once"
	if how != settings.Automatic && len(environments) > 1 {
		words = "it runs in " + span(string(list[0])) + " first"
		for i, env := range environments[1:] {
			before := environments[i]
			words += fmt.Sprintf(", and %s later in %s", days(before.Soak), span(string(env.Name)))
			if before.Soak == 0 {
				words = strings.Replace(words, "no time later", "then", 1)
			}
		}
	}
	var frozen []catalog.Name
	for _, env := range environments[1:] {
		if len(env.Freezes) > 0 {
			frozen = append(frozen, env.Name)
		}
	}
	if len(frozen) > 0 {
		words += ", but waits while " + names(frozen, "or") + " is frozen"
	}
	if last := set.Environments[len(set.Environments)-1]; stage != "" && !set.GoesToProduction(stage) {
		words += fmt.Sprintf(". It does not go to %s, because its stage is %s", span(string(last.Name)), span(stage))
	}
	return words
}
