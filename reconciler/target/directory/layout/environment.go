package layout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
)

// Environments are the folders below the root, each with its locks.
type Environments struct {
	Root  disk.Disk // that they lie in
	locks keyed
}

// Enter opens an environment's folder for reading; fs.ErrNotExist if nothing was
// ever put there.
func (e *Environments) Enter(environment string) (disk.Disk, error) {
	d, err := e.Root.Folder(environment)
	if err != nil {
		return nil, err
	}
	for _, name := range folders {
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

// Furnish opens an environment's folder for writing, with all that belongs in it.
func (e *Environments) Furnish(environment string) (disk.Disk, error) {
	if err := makeFolder(e.Root, environment, "."); err != nil {
		return nil, err
	}
	d, err := e.Enter(environment)
	if err != nil {
		return nil, err
	}
	for _, name := range folders {
		if err := makeFolder(d, name, path.Dir(name)); err != nil {
			d.Close()
			return nil, err
		}
	}
	return d, nil
}

// Known says whether anything was ever put into an environment, so that taking
// away makes no folders.
func (e *Environments) Known(environment string) (bool, error) {
	_, err := e.Root.Lstat(path.Join(environment, Own))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// makeFolder makes a folder that is not there yet.
func makeFolder(d disk.Disk, name, parent string) error {
	if _, err := d.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.Mkdir(name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.Sync(parent)
}

// Hold keeps everybody else, here and in other processes, out of what a lock of
// an environment guards.
func (e *Environments) Hold(ctx context.Context, d disk.Disk, environment, lock string) (release func(), err error) {
	name := path.Join(locks, lock)
	inside, err := e.locks.lock(ctx, environment+"/"+name)
	if err != nil {
		return nil, err
	}
	outside, err := d.Lock(ctx, name)
	if errors.Is(err, fs.ErrNotExist) { // thrown away by somebody tidy
		if err = makeFolder(d, locks, Own); err == nil {
			outside, err = d.Lock(ctx, name)
		}
	}
	if err != nil {
		inside()
		return nil, err
	}
	return func() { outside(); inside() }, nil
}

// Begin opens an environment's folder and takes an app's lock.
func (e *Environments) Begin(ctx context.Context, environment, app string) (d disk.Disk, release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if d, err = e.Furnish(environment); err != nil {
		return nil, nil, err
	}
	unlock, err := e.Hold(ctx, d, environment, Shard(app))
	if err != nil {
		d.Close()
		return nil, nil, err
	}
	return d, func() { unlock(); d.Close() }, nil
}
