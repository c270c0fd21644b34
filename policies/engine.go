package policies

import (
	"context"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies/rego"
)

// Engine makes the rules that decide. It is safe for concurrent use.
type Engine struct {
	*rego.Engine
	sets   *lru.Cache[*rego.Set, *RuleSet]         // those in use
	trials *lru.Cache[catalog.Digest, trialResult] // by digest of the proposed rules
	// Program is the file that is started to try proposed rules; by default this program.
	Program string
}

const setsStored = 16 // more than a rego.Engine keeps

// NewEngine reads the embedded library. An error means that the library is broken.
func NewEngine() (*Engine, error) {
	compiler, err := rego.New()
	if err != nil {
		return nil, err
	}
	e := &Engine{Engine: compiler}
	e.sets, _ = lru.New[*rego.Set, *RuleSet](setsStored)
	e.trials, _ = lru.New[catalog.Digest, trialResult](trialsStored)
	return e, nil
}

// RuleSet is the compiled rules of one governance, by which briefs are made and decided. It
// is safe for concurrent use.
type RuleSet struct {
	*rego.Set
	refCache atomic.Pointer[refCache]    // of the governing snapshot that was used last
	signing  atomic.Pointer[keptSigning] // the same
}

// Rules compiles the rules of a governing snapshot, as rego.Engine does. The set is nil only
// if the snapshot has no valid settings.
func (e *Engine) Rules(ctx context.Context, governing *catalog.Snapshot) (*RuleSet, []catalog.Problem, error) {
	set, problems, err := e.Engine.Rules(ctx, governing)
	if err != nil || set == nil {
		return nil, problems, err
	}
	return e.ruleSet(set), problems, nil
}

// ruleSet is the one RuleSet of compiled rules.
func (e *Engine) ruleSet(set *rego.Set) *RuleSet {
	if known, ok := e.sets.Get(set); ok {
		return known
	}
	fresh := &RuleSet{Set: set}
	if before, ok, _ := e.sets.PeekOrAdd(set, fresh); ok {
		return before
	}
	return fresh
}
