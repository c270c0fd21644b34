package reconciler

import (
	"context"
	"strings"
)

// unfit says what is missing of the configuration to serve this catalog: targets that
// its environments name, and a key that may sign the ledger. It is empty where nothing
// is, and where that cannot be told.
func (r *Reconciler) unfit(ctx context.Context) string {
	p := r.newPass(r.Now())
	if err := p.LookLocally(ctx); err != nil || p.View.Frozen != nil {
		return "" // which is said otherwise
	}
	var missing []string
	if err := r.Ledger.MaySign(p.View); err != nil {
		missing = append(missing, err.Error())
	}
	settings, err := p.Settings(ctx)
	if err != nil {
		return strings.Join(missing, "; ")
	}
	for _, env := range settings.Environments {
		if _, ok := r.Targets[string(env.Target)]; !ok {
			missing = append(missing, r.noTarget(env).Error())
		}
	}
	return strings.Join(missing, "; ")
}
