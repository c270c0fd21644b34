package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
)

// watched are the folders of an environment in which a change concerns an app. Locks and
// what is staged are none.
var watched = [...]string{layout.Apps, layout.Disabled, layout.Quarantined, layout.Inventory, layout.Marks}

// Watch implements target.Watcher, with what the system tells of folders. A folder that
// comes, goes or is moved is told as an event about its environment, and watched from then
// on.
func (t *Target) Watch(ctx context.Context, changed func(target.Event)) error {
	return watching{t.path}.run(ctx, changed)
}

// watching is the watch over the environments below a folder.
type watching struct{ path string }

func (f watching) run(ctx context.Context, changed func(target.Event)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", f.path, err)
	}
	defer w.Close()
	if err := f.all(w); err != nil {
		return fmt.Errorf("watch %s: %w", f.path, err)
	}
	changed(target.Event{})
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err, open := <-w.Errors:
			if !open || !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch %s: %w", f.path, whyClosed(err))
			}
			changed(target.Event{}) // too much at once: nobody knows what
		case event, open := <-w.Events:
			if !open {
				return fmt.Errorf("watch %s: the system tells nothing any more", f.path)
			}
			where, folder := f.where(event.Name)
			if folder {
				// Whatever was in it before it was watched is not told.
				if err := f.all(w); err != nil {
					return fmt.Errorf("watch %s: %w", f.path, err)
				}
			}
			if where != nil {
				changed(*where)
			}
		}
	}
}

// whyClosed is an error, also where a channel that was closed gave none.
func whyClosed(err error) error {
	if err == nil {
		return errors.New("the system tells nothing any more")
	}
	return err
}

// all watches all environments there are. To watch what is watched is nothing new.
func (f watching) all(w *fsnotify.Watcher) error {
	if err := w.Add(f.path); err != nil {
		return err
	}
	names, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, entry := range names {
		environment := filepath.Join(f.path, entry.Name())
		if !entry.IsDir() || target.CheckNames(entry.Name()) != nil {
			continue
		}
		for _, folder := range append([]string{".", layout.Own}, watched[:]...) {
			name := filepath.Join(environment, folder)
			if info, err := os.Lstat(name); err != nil || !info.IsDir() {
				continue // it comes, or is said where it is looked at
			}
			if err := w.Add(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// where says what a change of a file or folder is about; nil for nothing. A folder is one
// that is watched, or may have to be.
func (f watching) where(name string) (about *target.Event, folder bool) {
	short, err := filepath.Rel(f.path, name)
	if err != nil || short == "." {
		return &target.Event{}, true
	}
	short = filepath.ToSlash(short)
	environment, rest, deeper := strings.Cut(short, "/")
	if target.CheckNames(environment) != nil {
		return nil, false
	}
	whole := &target.Event{Environment: environment}
	if !deeper || rest == layout.Own {
		return whole, true
	}
	for _, folder := range watched {
		if rest == folder {
			return whole, true
		}
		if file, ok := strings.CutPrefix(rest, folder+"/"); ok {
			if app, _, _ := strings.Cut(file, "."); target.CheckNames(environment, app) == nil {
				return &target.Event{Environment: environment, App: app}, false
			}
		}
	}
	return nil, false
}
