package target

import "context"

// Throttler is the ability of a target to have an app run on with less, as when it costs too
// much. A throttle is a containment with a smaller recipe: it has a mark of its own in the
// inventory, beside that of a containment, which every Apply obeys, and which survives what a
// containment survives. What is throttled and contained is contained.
type Throttler interface {
	// Throttle has an app run on with less: the mark first, then what the class of the app
	// says. Content that is applied from then on is applied with less too. An app the target
	// does not hold, that is disabled or contained, is marked, and is held to less once it
	// runs. Where a throttle's mark is there already, the first stays.
	Throttle(ctx context.Context, environment, app string, mark Mark) (Receipt, error)

	// Unthrottle takes a throttle's mark away. The next Apply brings back what was taken.
	Unthrottle(ctx context.Context, environment, app string) (Receipt, error)
}
