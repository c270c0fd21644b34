package reconciler

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// impact is what a change of governance would do to the apps that run, as it is
// remembered.
type impact struct {
	comment.Impact
	key  string
	died string // how the rules failed when they were asked; empty for most
}

// keepImpacts is how many are remembered: those of changes that are open together.
const keepImpacts = 8

// impact lists the apps that run and that the change would have judged otherwise, by
// name. What does not depend on what the change touches is not looked at. It is worked
// out again only when the change, what governs or what runs has moved on.
//
// An error means that it could not be told.
func (p *pass) impact(ctx context.Context, b *judge.Judge, proposed *catalog.Snapshot, d policies.Decision) (impact, error) {
	key := strings.Join([]string{
		string(b.Rules.Digest()), string(b.Governing.GovernanceDigest()), string(proposed.GovernanceDigest()), string(p.Tip),
		string(catalog.DateOf(b.Now, b.Rules.Settings().Location())), p.View.Root().Governing.Digest.Short(),
	}, " ")
	if known, ok := p.r.impactOf(key); ok {
		return known, nil
	}
	if d.Verdict != policies.Allow && d.Verdict != policies.NeedsApproval {
		return impact{}, nil // it is not to be admitted as it is, which the decision says
	}
	trial, err := p.r.Engine.Try(ctx, proposed)
	if err != nil || trial.Rules() == nil {
		return impact{}, err
	}
	defer trial.Close()
	found := impact{key: key}
	if found.Impact, found.died, err = b.Impact(ctx, p.View, proposed, trial); err != nil {
		return impact{}, fmt.Errorf("tell what follows from a change of governance: %w", err)
	}
	p.r.keepImpact(found)
	return found, nil
}

func (r *Reconciler) impactOf(key string) (impact, bool) {
	r.cache.Lock()
	defer r.cache.Unlock()
	i := slices.IndexFunc(r.impacts, func(known impact) bool { return known.key == key })
	if i < 0 {
		return impact{}, false
	}
	return r.impacts[i], true
}

func (r *Reconciler) keepImpact(x impact) {
	r.cache.Lock()
	defer r.cache.Unlock()
	r.impacts = append(r.impacts[max(0, len(r.impacts)-keepImpacts+1):], x)
}
