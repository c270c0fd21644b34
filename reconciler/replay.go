package reconciler

import (
	"context"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// Past is the rules of every governance that was ever admitted, as today's engine
// compiles them.
type Past []era

// era is the rules of one governance, from the record on that admitted it.
type era struct {
	from  int64
	rules *policies.RuleSet
}

// PastRules reads them from the ledger's own tree: a replay asks nothing else.
func PastRules(ctx context.Context, repo *gitrepo.Repo, engine *policies.Engine, view *ledger.View) (Past, error) {
	var past Past
	line, err := repo.FirstParents(ctx, "", view.Tip)
	if err != nil {
		return nil, fmt.Errorf("read the history of the ledger: %w", err)
	}
	at := ledger.AdmittedPath("", catalog.Governance)
	last := ""
	prev := catalog.Empty()
	for i, commit := range line {
		files, err := repo.Files(ctx, commit)
		if err != nil {
			return nil, err
		}
		e, ok, err := files.Entry(ctx, at)
		if err != nil {
			return nil, err
		}
		if !ok || e.ID == last {
			continue
		}
		last = e.ID
		s, err := catalog.Load(ctx, ledger.Below(files, at), commit, prev)
		if err != nil {
			return nil, err
		}
		set, _, err := engine.Rules(ctx, s)
		if err != nil {
			return nil, err
		}
		if set != nil {
			past = append(past, era{from: int64(i) + 1, rules: set})
		}
		prev = s
	}
	return past, nil
}

// Named returns the rules with a digest, or nil.
func (p Past) Named(digest catalog.Digest) *policies.RuleSet {
	for _, e := range p {
		if e.rules.Digest() == digest {
			return e.rules
		}
	}
	return nil
}

// At returns the rules that governed when a record was made, or nil.
func (p Past) At(seq int64) *policies.RuleSet {
	for _, e := range slices.Backward(p) {
		if e.from <= seq {
			return e.rules
		}
	}
	return nil
}
