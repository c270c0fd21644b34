package review

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/comment"
)

// Plan is what merging a change would do where apps run.
type Plan struct {
	Change string         `json:"change"`
	Head   catalog.Commit `json:"head"`
	Apps   []PlannedApp   `json:"apps"` // of the change, at most mostForeseen
	// Rerenders is what apps that run would become by a change of governance.
	Rerenders comment.Rerenders `json:"rerenders"`
}

// PlannedApp is what applying an app as it is proposed would do, by environment.
type PlannedApp struct {
	App          string             `json:"app"`
	Environments []comment.Foreseen `json:"environments"`
}

// planFor is how long a plan waits for targets: longer than they may take.
const planFor = foreseeFor + 5*time.Second

// Plan asks targets what merging a change would do, and does nothing. What a target cannot
// tell is said in its place. A change that is not open is ErrNotOpen; any other error means
// that it could not be told.
func (r *Reviewer) Plan(ctx context.Context, id string) (Plan, error) {
	v, err := r.preview(ctx, id)
	out := Plan{Change: id, Head: v.out.Head, Apps: []PlannedApp{}, Rerenders: v.impact.Rerenders}
	if err != nil {
		return out, err
	}
	v.patience = planFor
	foreseen := v.foresee(ctx)
	for _, s := range v.subjects {
		if list := foreseen[s.Name]; len(list) > 0 {
			out.Apps = append(out.Apps, PlannedApp{App: s.Name, Environments: list})
		}
	}
	if err := ctx.Err(); err != nil {
		return out, fmt.Errorf("ask targets what change %s would do: %w", id, err)
	}
	return out, nil
}
