package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

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

// environments are the folders below the root, each with its locks.
type environments struct {
	root  disk
	locks keyed
}

// enter opens an environment's folder for reading; fs.ErrNotExist if nothing was
// ever put there.
func (e *environments) enter(environment string) (disk, error) {
	d, err := e.root.Folder(environment)
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
func (e *environments) furnish(environment string) (disk, error) {
	if err := makeFolder(e.root, environment, "."); err != nil {
		return nil, err
	}
	d, err := e.enter(environment)
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
func (e *environments) known(environment string) (bool, error) {
	_, err := e.root.Lstat(path.Join(environment, own))
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
func (e *environments) hold(ctx context.Context, d disk, environment, lock string) (release func(), err error) {
	name := path.Join(locks, lock)
	inside, err := e.locks.lock(ctx, environment+"/"+name)
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

// begin opens an environment's folder and takes an app's lock.
func (e *environments) begin(ctx context.Context, environment, app string) (d disk, release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if d, err = e.furnish(environment); err != nil {
		return nil, nil, err
	}
	unlock, err := e.hold(ctx, d, environment, shard(app))
	if err != nil {
		d.Close()
		return nil, nil, err
	}
	return d, func() { unlock(); d.Close() }, nil
}
