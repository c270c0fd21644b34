package directory

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// Target is a folder that apps are written to. Several processes may share one.
type Target struct {
	environments *layout.Environments
	path         string // of the root, for who tells of changes
	now          func() time.Time
	memory       *memory
}

var (
	_ target.Target  = (*Target)(nil)
	_ target.Watcher = (*Target)(nil)
)

// New opens a folder, which must exist: a volume that is not mounted must not
// look like one that is empty.
func New(root string) (*Target, error) {
	full, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the folder that apps are written to: %w", err)
	}
	d, err := disk.Open(full)
	if err != nil {
		return nil, fmt.Errorf("open the folder that apps are written to (create it first if it is new): %w", err)
	}
	return &Target{environments: &layout.Environments{Root: d}, path: full, now: time.Now, memory: newMemory()}, nil
}

// Close gives the folder back. No call may be under way.
func (t *Target) Close() error { return t.environments.Root.Close() }

// Plan implements target.Target.
func (t *Target) Plan(desired []target.Object, observed target.Inventory) []target.Step {
	return target.Plan(desired, observed)
}
