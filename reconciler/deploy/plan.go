package deploy

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Planned is what the next pass would do in one environment.
type Planned struct {
	App         string `json:"app"`
	Environment string `json:"environment"`
	Verb        string `json:"verb"`
	Reason      string `json:"reason"`
}

// Plan compares what is admitted with what the targets hold, and does nothing.
// It may be used beside passes.
func (d *Deployer) Plan(ctx context.Context, s *session.Session) ([]Planned, error) {
	plan := []Planned{}
	if err := s.Look(ctx); err != nil {
		return plan, fmt.Errorf("plan: %w", err)
	}
	b, err := d.Judges.At(ctx, s, "")
	if err != nil {
		return plan, fmt.Errorf("plan: %w", err)
	}
	for _, env := range b.Rules.Settings().Environments {
		t, err := d.Targets.Of(env)
		if err != nil {
			return plan, fmt.Errorf("plan: %w", err)
		}
		observed, err := t.Observe(ctx, string(env.Name))
		if err != nil {
			return plan, fmt.Errorf("plan: %w", err)
		}
		for state := range s.View.States() {
			admitted, ok := state.Admitted[string(env.Name)]
			if !ok || state.Quarantine != nil {
				continue
			}
			e, err := d.renderer.effect(ctx, s, b, state, env, admitted)
			if err != nil {
				return plan, fmt.Errorf("plan: %w", err)
			}
			steps := e.planned(observed)
			if len(steps) == 0 {
				continue
			}
			strategy, err := target.ToReplicas(ctx, t, string(env.Name), e.object)
			if err != nil {
				return plan, fmt.Errorf("plan: %w", err)
			}
			for _, step := range steps {
				if strategy != "" {
					step.Reason += "; " + strategy
				}
				plan = append(plan, Planned{App: state.Name, Environment: string(env.Name), Verb: string(step.Verb), Reason: step.Reason})
			}
		}
	}
	return plan, nil
}
