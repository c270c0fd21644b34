package ledger

import (
	"strings"
	"time"
)

// Effect names an effect, the same for whoever wants to do it.
type Effect string

// NewEffect is the name of an effect: what is done, where, and to which content, such as
// NewEffect("apply", "production", digest).
func NewEffect(verb string, what ...string) Effect {
	return Effect(oneLine(strings.Join(append([]string{verb}, what...), " "), 500))
}

// NewClaim is a claim that lasts from now on. The holder names one process and not
// a machine: after a restart it is somebody else, who has to look at the world first.
func NewClaim(effect Effect, holder string, now time.Time, lasts time.Duration) Claim {
	return Claim{Effect: effect, Holder: holder, Until: whole(now.Add(lasts))}
}

// Held returns the claim if holder may do the effect now: the view says so, and the
// time is not over. Only a view that Append returned, or one that contains it, can
// say so: whoever lost the push has no claim, and a draft's view is nobody's.
func (v *View) Held(subject string, effect Effect, holder string, now time.Time) (ClaimState, bool) {
	a, _ := v.App(subject)
	c, ok := a.Claims[effect]
	if !ok || v.Frozen != nil || v.drafted || c.Holder != holder || !now.Before(c.Until) {
		return ClaimState{}, false
	}
	return c, true
}

// Claimable reports whether an effect may be claimed: nobody has, or the time of
// whoever has is over. Who takes over looks at the world first.
func (v *View) Claimable(subject string, effect Effect, now time.Time) bool {
	a, _ := v.App(subject)
	c, ok := a.Claims[effect]
	return !ok || !now.Before(c.Until)
}
