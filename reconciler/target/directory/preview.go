package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// Preview implements target.Target. It reads as an apply would before it writes, without
// the app's lock: what is written meanwhile is seen as it is at that moment.
func (t *Target) Preview(ctx context.Context, environment string, object target.Object) (target.Preview, error) {
	items, err := t.preview(ctx, environment, object)
	if err != nil {
		return target.Preview{}, fmt.Errorf("preview %.80q in %.80q: %w", object.App, environment, err)
	}
	return target.NewPreview(items), nil
}

func (t *Target) preview(ctx context.Context, environment string, object target.Object) ([]target.Item, error) {
	if err := (target.Step{Verb: target.Correct, App: object.App, Object: object}).Check(environment); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	want := inventory.EntryOf(object, content(object))
	d, err := t.environments.Enter(environment)
	if errors.Is(err, fs.ErrNotExist) {
		return []target.Item{arrives(layout.File(want.Place(false), object.App), object, false)}, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	mark, _, err := inventory.ReadMark(d, object.App)
	if err != nil {
		return nil, err
	}
	return previewDocument(d, object, want, mark != nil)
}

// previewDocument is what settle would do to an app's document.
func previewDocument(d disk.Disk, object target.Object, want inventory.Entry, marked bool) ([]target.Item, error) {
	was := inventory.Read(d, object.App)
	claimed, err := live.Claims(was, object.App, live.AtAll(d, was.Entry, object.App))
	if err != nil {
		return nil, err
	}
	belongs := want.Place(marked)
	seen := live.AtAll(d, want, object.App)
	var items []target.Item
	if item, ok := previewCut(d, was, object.App); ok && marked && was.SHA256 == want.SHA256 {
		items = append(items, item)
	}
	for i, place := range layout.Places {
		name := layout.File(place, object.App)
		switch here := seen[i]; {
		case place == belongs && here.What == live.Right:
		case place == belongs && marked && claimed && was.SHA256 == want.SHA256:
			// What was cut stays as it is until there is something newer.
		case here.What == live.Directory && !empty(d, name):
			if place == belongs {
				return nil, fmt.Errorf("%w: %s is a folder with things in it: move it away", target.ErrForeign, name)
			}
		case place == belongs && here.What == live.Absent:
			items = append(items, arrives(name, object, marked))
		case place == belongs:
			items = append(items, changed(d, live.At(d, was.Entry, object.App, place), place, object, marked))
		case here.What != live.Absent:
			words := "it belongs to " + belongs + "/"
			if place == layout.Apps && marked {
				words = "contained, so it waits"
			}
			items = append(items, target.Item{Verb: target.ItemRemove, What: name, Words: words})
		}
	}
	return items, nil
}

// previewCut is what comes to lie where nothing runs when an app that is contained is cut,
// because it came back by hand.
func previewCut(d disk.Disk, was inventory.Record, app string) (target.Item, bool) {
	for _, place := range []string{layout.Apps, layout.Disabled} {
		here := live.At(d, was.Entry, app, place)
		if here.What == live.Absent || here.What == live.Directory || !was.Claimed {
			continue
		}
		verb := target.ItemChange
		if live.At(d, was.Entry, app, layout.Quarantined).What == live.Absent {
			verb = target.ItemCreate
		}
		return target.Item{Verb: verb, What: layout.File(layout.Quarantined, app), Words: "what lies in " + place + "/ is kept there to be looked at; contained"}, true
	}
	return target.Item{}, false
}

// arrives is a document that is put where none is.
func arrives(name string, object target.Object, marked bool) target.Item {
	words := "not there yet"
	if object.Disabled {
		words = "shall not run"
	}
	return target.Item{Verb: target.ItemCreate, What: name, Words: waits(words, marked), Diff: target.Difference(nil, pretty(object.Document))}
}

// changed is a document that is put in the place of what lies there. By holds what lies
// there against what was written there last.
func changed(d disk.Disk, by live.Sight, place string, object target.Object, marked bool) target.Item {
	name := layout.File(place, object.App)
	item := target.Item{Verb: target.ItemChange, What: name}
	is, _, err := d.Read(name, live.MaxEdited)
	readable := err == nil && json.Valid(is)
	if by.What != live.Right {
		item.Words = by.Words(place, object.App)
	}
	if readable {
		if item.Words != "" {
			item.Words += ": "
		}
		item.Words += target.Describe(is, object.Document)
		item.Diff = target.Difference(pretty(is), pretty(object.Document))
	}
	item.Words = waits(item.Words, marked)
	return item
}

// waits adds why what is put there does not run.
func waits(words string, marked bool) string {
	if marked {
		return words + "; contained, so it waits"
	}
	return words
}

// empty reports whether a folder has nothing in it, so that it can be taken away.
func empty(d disk.Disk, name string) bool {
	names, err := d.List(name)
	return err == nil && len(names) == 0
}
