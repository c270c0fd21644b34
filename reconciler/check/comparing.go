package check

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/impact"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// comparing is one comparison of a catalog with its base.
type comparing struct {
	checking
	apps []compared // by path
	told func(done, all int)
	done atomic.Int64 // apps that are compared

	onlyRules bool // nothing differs but rules
	differing func(proposed *policies.RuleSet) (base, head []string)
}

// compared is an app in both catalogs. A document is nil where the app is not there.
type compared struct {
	was, is       *catalog.Document
	before, after *policies.Decision
	same          bool // it is judged as before, without being decided
}

// find lists the apps that what changed may bear on. Whatever its path, an app is the one of its
// name; a file without a valid name is the one at its path.
func (c *comparing) find() {
	affected, _ := catalog.Affected(c.base, c.proposed)
	for _, p := range c.withSecrets(affected) {
		was, is := c.base.Document(p), c.proposed.Document(p)
		switch {
		case is != nil && (was == nil || was.Name != is.Name):
			c.apps = append(c.apps, compared{was: named(c.base, is), is: is})
		case is != nil:
			c.apps = append(c.apps, compared{was: was, is: is})
		}
		if was != nil && (is == nil || was.Name != is.Name) && named(c.proposed, was) == nil {
			c.apps = append(c.apps, compared{was: was})
		}
	}
}

// named is the app that has the name of a document in another catalog; nil for none.
func named(s *catalog.Snapshot, doc *catalog.Document) *catalog.Document {
	if doc.Name == "" {
		return nil
	}
	return s.AppNamed(catalog.Name(doc.Name))
}

// compare decides on the apps by both catalogs. died says how the proposed rules ended their
// process; empty for most.
func (c *comparing) compare(ctx context.Context) (died string, err error) {
	var stand []*compared // the apps that are there in the proposed catalog
	for i := range c.apps {
		if one := &c.apps[i]; one.is != nil {
			stand = append(stand, one)
		} else {
			c.stood(ctx, one)
		}
	}
	if c.trial.Rules() != nil {
		ask := func(i int) policies.Brief {
			c.stood(ctx, stand[i])
			return c.brief(c.standingThen(ctx, *stand[i]), c.trial.Rules())
		}
		skip := func(rules *policies.RuleSet, i int) bool { return c.same(ctx, rules, stand[i]) }
		died, err = c.asProposed(ctx, len(stand), skip, ask, func(i int, d policies.Decision) { stand[i].after = &d })
	}
	if err != nil {
		return "", err
	}
	parallel.Each(len(stand), func(i int) {
		if one := stand[i]; one.after == nil && !one.same {
			c.stood(ctx, one)
			one.after = c.untold(one.is)
		}
	})
	return died, ctx.Err()
}

// onlyRulesDiffer reports whether two catalogs hold the same but for their rules: then all that rules are told
// of an app is the same.
func onlyRulesDiffer(base, head *catalog.Snapshot) bool {
	return !slices.ContainsFunc(catalog.Changed(base, head), func(p string) bool {
		if kind, _, _ := catalog.Address(p); kind == catalog.KindPolicy {
			return false
		}
		was, is := base.Document(p), head.Document(p) // of a folder on disk, what is the same is listed too
		return was == nil || is == nil || was.Folder != is.Folder || was.Source() == nil ||
			!bytes.Equal(was.Source(), is.Source()) || !reflect.DeepEqual(was.Evidence, is.Evidence)
	})
}

// stood decides on an app as it stands in the base.
func (c *comparing) stood(ctx context.Context, one *compared) {
	if one.was != nil && one.before == nil && ctx.Err() == nil {
		d := c.rules.Decide(ctx, c.brief(c.standing(ctx, one.was), c.rules))
		one.before = &d
		c.count()
	}
}

// count tells how far the comparison is, now and then.
func (c *comparing) count() {
	if done := int(c.done.Add(1)); c.told != nil && done%100 == 0 {
		c.told(done, len(c.apps))
	}
}

// same reports, and notes, whether an app is judged as before because nothing differs but rules that
// find nothing in it, before and after. Of these apps nothing else is asked.
func (c *comparing) same(ctx context.Context, proposed *policies.RuleSet, one *compared) bool {
	if !c.onlyRules || one.was == nil || len(c.secrets[one.is.Path]) > 0 {
		return false
	}
	if one.is.App() != nil {
		input := c.brief(c.standing(ctx, one.was), c.rules).Input
		base, head := c.differing(proposed)
		before, err := c.rules.Silent(ctx, input, base)
		if err != nil || !before {
			return false
		}
		after, err := proposed.Silent(ctx, input, head)
		if err != nil || !after {
			return false
		}
	}
	one.same = true
	c.count()
	return true
}

// untold is the decision on an app that no proposed rules could be asked about.
func (c *comparing) untold(doc *catalog.Document) *policies.Decision {
	result := notJudged(doc, "the rules or settings of the change cannot be in force")
	return &policies.Decision{
		Kind: result.Kind, Subject: result.Name, Path: result.Path, Digest: result.Digest, Verdict: result.Verdict, Reason: result.Reason,
		Problems: result.Problems, Approvals: result.Approvals,
	}
}

func (c *comparing) brief(q policies.Question, rules *policies.RuleSet) policies.Brief {
	b := policies.NewBrief(q, rules)
	if !c.redactor.Empty() {
		b = b.Redacted(c.redactor.Text)
	}
	return b
}

// standing asks about an app of the base, as content that was admitted.
func (c *comparing) standing(ctx context.Context, was *catalog.Document) policies.Question {
	q := policies.Question{Governing: c.base, Proposed: c.base, Path: was.Path, Admitted: was.App(), Home: named(c.base, was) == was, Now: c.now}
	q.Facts.Admission = &policies.AdmissionFacts{Adopted: true}
	q.Facts.Problems = c.unrendered(ctx, c.base, was)
	return q
}

// standingThen asks about an app of the proposed catalog: as content that was admitted, with what it
// was asked before, or as a publication of what is new.
func (c *comparing) standingThen(ctx context.Context, one compared) policies.Question {
	is := one.is
	q := policies.Question{Governing: c.proposed, Proposed: c.proposed, Path: is.Path, Home: named(c.proposed, is) == is, Now: c.now}
	if one.was != nil {
		q.Admitted = one.was.App()
		if one.was.Digest() == is.Digest() {
			roles := []string{}
			for _, r := range one.before.Approvals.Required {
				roles = append(roles, r.Role)
			}
			q.Facts.Admission = &policies.AdmissionFacts{Roles: roles}
		}
	}
	q.Facts.Problems = c.unrendered(ctx, c.proposed, is)
	q.Facts.Secrets = c.secrets[is.Path]
	return q
}

// flips are what differs, by app.
func (c *comparing) flips() []impact.Flip {
	flips := []impact.Flip{}
	for _, one := range c.apps {
		if one.same {
			continue
		}
		if f := impact.Between(one.before, one.after, c.now); f.Changed() {
			flips = append(flips, f)
		}
	}
	slices.SortStableFunc(flips, func(a, b impact.Flip) int { return strings.Compare(a.App, b.App) })
	return flips
}
