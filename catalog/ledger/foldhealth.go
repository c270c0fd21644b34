package ledger

import (
	"fmt"
	"slices"
)

// health keeps how what was applied does. A record about anything else than what is
// applied cannot follow: whoever wrote it looked before the last receipt.
func (a *appFolding) health(b Health) error {
	if err := checkHealth(b); err != nil {
		return err
	}
	applied, ok := a.Applied[b.Environment]
	if !ok || b.Admission == 0 || applied.Admission != b.Admission {
		return fmt.Errorf("%w: the health of %s in %.80q is about admission %d, and applied is %d", ErrInvalid, a.Name, b.Environment, b.Admission, applied.Admission)
	}
	next := applied.Health.followedBy(b)
	next.Recorded = a.r.At
	applied.Health = &next
	a.Applied = with(a.Applied, b.Environment, applied)
	return nil
}

// checkHealth refuses a state that is none, and one that says not since when.
func checkHealth(b Health) error {
	known := []HealthState{HealthReady, HealthProgressing, HealthFailing, HealthUnknown}
	switch {
	case !slices.Contains(known, b.State):
		return fmt.Errorf("%w: %.40q is no state of health", ErrInvalid, string(b.State))
	case b.Since.IsZero():
		return fmt.Errorf("%w: health says since when", ErrInvalid)
	case b.Share < 0 || b.Share > 99 || b.Share != 0 && b.State != HealthProgressing && b.State != HealthFailing:
		return fmt.Errorf("%w: %d%% is no share of replicas that are %s", ErrInvalid, b.Share, b.State)
	}
	return nil
}

// healthAfter is the health after a receipt. What the receipt says counts. Where it says
// nothing, health that was recorded of the same content stays; of other content, where the
// target used to tell, it is unknown until the target tells again.
func (a *appFolding) healthAfter(old, next Applied, said *Health) *AppliedHealth {
	switch {
	case said != nil:
		health := old.Health.followedBy(*said)
		return &health
	case next.Disabled || next.Outcome == OutcomeContained || old.Health == nil:
		return nil
	case next.Admission == old.Admission && next.Digest == old.Digest && !old.Disabled:
		return old.Health
	case !old.Health.Known:
		return nil
	}
	health := old.Health.followedBy(Health{State: HealthUnknown, Reason: "its target has not told since it was applied", Since: a.r.At})
	return &health
}

// followedBy is the health told after another, or after none.
func (h *AppliedHealth) followedBy(b Health) AppliedHealth {
	next := AppliedHealth{State: b.State, Reason: b.Reason, Since: b.Since, Share: b.Share, Until: b.Until, Known: b.State != HealthUnknown}
	if h != nil {
		next.Known = next.Known || h.Known
		next.Recorded = h.Recorded
	}
	return next
}
