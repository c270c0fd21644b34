package ledger

import (
	"strings"
	"time"
	"unicode"
)

// Effect names an effect, the same for whoever wants to do it.
type Effect string

// NewEffect is the name of an effect: what is done, where, and to which content, such as
// NewEffect("apply", "production", digest).
func NewEffect(verb string, what ...string) Effect {
	return Effect(OneLine(strings.Join(append([]string{verb}, what...), " "), 500))
}

// NewClaim is a claim that lasts from now on. The holder names one process and not
// a machine: after a restart it is somebody else, who has to look at the world first.
func NewClaim(effect Effect, holder string, now time.Time, lasts time.Duration) Claim {
	return Claim{Effect: effect, Holder: holder, Until: Moment(now.Add(lasts))}
}

// OneLine makes text fit for one line of a message: what breaks lines, hides or
// reorders text becomes a space.
func OneLine(s string, most int) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) || c == unicode.ReplacementChar {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.Fields(s), " ")
	for len(s) > most {
		cut := most - len("…")
		for cut > 0 && s[cut]&0xc0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}
