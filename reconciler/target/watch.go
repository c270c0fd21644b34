package target

import "context"

// Event says that something may have changed. Without an app it is about all of the
// environment, and without an environment about everything: whoever asked looks at as
// much.
type Event struct{ Environment, App string }

// Watcher is the ability of a target to tell at once where something changed, so that what
// was changed by hand is found without a look at everything. Nothing is taken from an
// event but where to look.
type Watcher interface {
	// Watch calls changed for each event until ctx ends, one call after the other; changed
	// does not block. The first event is about everything: what happened before it is not
	// told. What was lost, as when too much happens at once, is told as an event about all
	// of it. What the target itself writes may be told too; what it reads is not. It
	// returns why it cannot go on watching, or the error of ctx.
	Watch(ctx context.Context, changed func(Event)) error
}
