package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
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
func PastRules(ctx context.Context, repo *gitrepo.Repo, engine *policies.Engine, view *chain.View) (Past, error) {
	var past Past
	line, err := repo.FirstParents(ctx, "", view.Tip)
	if err != nil {
		return nil, fmt.Errorf("read the history of the ledger: %w", err)
	}
	at := chain.AdmittedPath("", catalog.Governance)
	last := ""
	prev := catalog.Empty()
	for _, commit := range line {
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
		s, err := catalog.Load(ctx, chain.Below(files, at), commit, prev)
		if err != nil {
			return nil, err
		}
		set, _, err := engine.Rules(ctx, s)
		if err != nil {
			return nil, err
		}
		root, err := chain.RootOf(ctx, files)
		if err != nil {
			return nil, err
		}
		if set != nil {
			past = append(past, era{from: root.Seq, rules: set})
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

// Replay decides again what was recorded, by the rules that were admitted then. engine is
// the name of today's: what another one decided is decided by the rules that governed, as
// today's compiles them.
func (p Past) Replay(ctx context.Context, engine string) chain.Replay {
	return chain.Replay{Engine: engine, Again: func(r ledger.Record, d ledger.Decision) (json.RawMessage, error) {
		var brief policies.Brief
		if err := json.Unmarshal(d.Brief, &brief); err != nil {
			return nil, fmt.Errorf("read what it was decided from: %w", err)
		}
		rules := p.Named(d.Policy)
		if rules == nil && r.Engine != engine { // the digest names the library of then, too
			if rules = p.At(r.Seq); rules != nil {
				brief.Policy = rules.Digest()
			}
		}
		if rules == nil {
			return nil, fmt.Errorf("the rules %s are not those of any admitted governance", d.Policy.Short())
		}
		return catalog.Canonical(rules.Decide(ctx, brief))
	}}
}
