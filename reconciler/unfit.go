package reconciler

import (
	"context"
	"strings"
)

// unfit says what is missing of the configuration to serve this catalog: targets that
// its environments name, and a key that may sign the ledger. It is empty where nothing
// is, and where that cannot be told.
func (r *Reconciler) unfit(ctx context.Context) string {
	s := r.Session()
	if err := s.LookLocally(ctx); err != nil || s.View.Frozen != nil {
		return "" // which is said otherwise
	}
	var missing []string
	if err := r.Ledger.MaySign(s.View); err != nil {
		missing = append(missing, err.Error())
	}
	settings, err := s.Settings(ctx)
	if err != nil {
		return strings.Join(missing, "; ")
	}
	for _, env := range settings.Environments {
		if _, err := r.Targets.Of(env); err != nil {
			missing = append(missing, err.Error())
		}
	}
	return strings.Join(missing, "; ")
}
