package lifecycle

import (
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Frozen says that no new content enters an environment by itself until a moment.
type Frozen struct {
	Until time.Time
	By    catalog.Name // the freeze, the last one where several follow each other
}

// mostFreezes bounds how many freezes are followed that begin before the last one ended.
const mostFreezes = 64

// FrozenAt says until when an environment is frozen for apps of a classification at a moment;
// zero where it is not. A freeze that begins before another ends goes on from there. Where
// it cannot be told, since a freeze cannot be read, it is frozen for an hour, and asked again.
func FrozenAt(s *settings.Settings, env settings.Environment, classification string, at time.Time) (f Frozen) {
	for range mostFreezes {
		var next Frozen
		for _, freeze := range env.Freezes {
			if !freeze.For(classification) {
				continue
			}
			if end := endOf(freeze, s.Location(), at); end.After(next.Until) {
				next = Frozen{Until: end, By: freeze.Name}
			}
		}
		if next.Until.IsZero() {
			break
		}
		f, at = next, next.Until
	}
	return f
}

// endOf is when a freeze ends that holds at a moment; zero where it does not hold.
func endOf(f settings.Freeze, zone *time.Location, at time.Time) (end time.Time) {
	if f.From != "" {
		if at.Before(f.From.Start(zone)) || !at.Before(f.Until.End(zone)) {
			return time.Time{}
		}
		return f.Until.End(zone)
	}
	plain, err := scalar.ReadCron(f.Begins)
	if err != nil {
		return at.Add(time.Hour)
	}
	schedule, err := newWallSchedule(plain, zone)
	if err != nil {
		return at.Add(time.Hour)
	}
	// The first that is not over yet; of several that overlap the others follow from its end.
	begins := schedule.Next(at.Add(-f.Lasts.Std()))
	if begins.IsZero() || begins.After(at) {
		return time.Time{}
	}
	return begins.Add(f.Lasts.Std())
}
