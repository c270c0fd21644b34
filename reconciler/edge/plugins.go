package edge

import (
	"log/slog"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Plugins are what a reconciler acts by on the world, and the log that it writes.
type Plugins struct {
	Forge   forge.Forge
	Sender  notifier.Sender // nil where nobody is told
	Targets target.Set
	Log     *slog.Logger
}
