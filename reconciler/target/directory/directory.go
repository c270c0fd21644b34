package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Target is a folder that apps are written to. Several processes may share one.
type Target struct {
	root  disk
	path  string // of root, for who tells of changes
	locks keyed
	now   func() time.Time

	mu     sync.Mutex
	memory map[string]map[string]memo // environment, app
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
	r, err := os.OpenRoot(full)
	if err != nil {
		return nil, fmt.Errorf("open the folder that apps are written to (create it first if it is new): %w", err)
	}
	return &Target{root: folder{r}, path: full, now: time.Now, memory: map[string]map[string]memo{}}, nil
}

// Close gives the folder back. No call may be under way.
func (t *Target) Close() error { return t.root.Close() }

// Plan implements target.Target.
func (t *Target) Plan(desired []target.Object, observed target.Inventory) []target.Step {
	return target.Plan(desired, observed)
}

// The folders of an environment.
const (
	apps        = "apps"
	disabled    = "disabled"
	quarantined = "quarantined"
	own         = ".levee"
	inventory   = own + "/inventory"
	marks       = own + "/marks"
	staging     = own + "/staging"
	locks       = own + "/locks"
	witness     = own + "/witness.json"
)

// layout is made in this order.
var layout = [...]string{apps, disabled, quarantined, own, inventory, marks, staging, locks}

// healths is, in what a pass over all apps found present, the apps with a health file.
const healths = apps + " health"

// places are where an app's document may lie.
var places = [...]string{apps, disabled, quarantined}

// file is where something of an app lies in a folder.
func file(folder, app string) string { return path.Join(folder, app+".json") }

// enter opens an environment's folder for reading; fs.ErrNotExist if nothing was
// ever put there.
func (t *Target) enter(environment string) (disk, error) {
	d, err := t.root.Folder(environment)
	if err != nil {
		return nil, err
	}
	for _, name := range layout {
		info, err := d.Lstat(name)
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is no folder, and must be one of levee's own", name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			d.Close()
			return nil, err
		}
	}
	return d, nil
}

// furnish opens an environment's folder for writing, with all that belongs in it.
func (t *Target) furnish(environment string) (disk, error) {
	if err := makeFolder(t.root, environment, "."); err != nil {
		return nil, err
	}
	d, err := t.enter(environment)
	if err != nil {
		return nil, err
	}
	for _, name := range layout {
		if err := makeFolder(d, name, path.Dir(name)); err != nil {
			d.Close()
			return nil, err
		}
	}
	return d, nil
}

// known says whether anything was ever put into an environment, so that taking
// away makes no folders.
func (t *Target) known(environment string) (bool, error) {
	_, err := t.root.Lstat(path.Join(environment, own))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// makeFolder makes a folder that is not there yet.
func makeFolder(d disk, name, parent string) error {
	if _, err := d.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.Mkdir(name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.Sync(parent)
}

// hold keeps everybody else, here and in other processes, out of what a lock of
// an environment guards.
func (t *Target) hold(ctx context.Context, d disk, environment, lock string) (release func(), err error) {
	name := path.Join(locks, lock)
	inside, err := t.locks.lock(ctx, environment+"/"+name)
	if err != nil {
		return nil, err
	}
	outside, err := d.Lock(ctx, name)
	if errors.Is(err, fs.ErrNotExist) { // thrown away by somebody tidy
		if err = makeFolder(d, locks, own); err == nil {
			outside, err = d.Lock(ctx, name)
		}
	}
	if err != nil {
		inside()
		return nil, err
	}
	return func() { outside(); inside() }, nil
}
