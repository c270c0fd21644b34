package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
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
	want := entryOf(object, content(object))
	d, err := t.enter(environment)
	if errors.Is(err, fs.ErrNotExist) {
		return []target.Item{arrives(file(want.place(false), object.App), object, false)}, nil
	}
	if err != nil {
		return nil, err
	}
	defer d.Close()
	mark, _, err := readMark(d, object.App)
	if err != nil {
		return nil, err
	}
	return previewDocument(d, object, want, mark != nil)
}

// previewDocument is what settle would do to an app's document.
func previewDocument(d disk, object target.Object, want entry, marked bool) ([]target.Item, error) {
	was := readEntry(d, object.App)
	claimed, err := was.claims(object.App, placesOf(d, was.entry, object.App))
	if err != nil {
		return nil, err
	}
	belongs := want.place(marked)
	seen := placesOf(d, want, object.App)
	var items []target.Item
	if item, ok := previewCut(d, was, object.App); ok && marked && was.SHA256 == want.SHA256 {
		items = append(items, item)
	}
	for i, place := range places {
		name := file(place, object.App)
		switch here := seen[i]; {
		case place == belongs && here.what == right:
		case place == belongs && marked && claimed && was.SHA256 == want.SHA256:
			// What was cut stays as it is until there is something newer.
		case here.what == directory && !empty(d, name):
			if place == belongs {
				return nil, fmt.Errorf("%w: %s is a folder with things in it: move it away", target.ErrForeign, name)
			}
		case place == belongs && here.what == absent:
			items = append(items, arrives(name, object, marked))
		case place == belongs:
			items = append(items, changed(d, look(d, was.entry, object.App, place), place, object, marked))
		case here.what != absent:
			words := "it belongs to " + belongs + "/"
			if place == apps && marked {
				words = "contained, so it waits"
			}
			items = append(items, target.Item{Verb: target.ItemRemove, What: name, Words: words})
		}
	}
	return items, nil
}

// previewCut is what comes to lie where nothing runs when an app that is contained is cut,
// because it came back by hand.
func previewCut(d disk, was record, app string) (target.Item, bool) {
	for _, place := range []string{apps, disabled} {
		here := look(d, was.entry, app, place)
		if here.what == absent || here.what == directory || !was.Claimed {
			continue
		}
		verb := target.ItemChange
		if look(d, was.entry, app, quarantined).what == absent {
			verb = target.ItemCreate
		}
		return target.Item{Verb: verb, What: file(quarantined, app), Words: "what lies in " + place + "/ is kept there to be looked at; contained"}, true
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
func changed(d disk, by sight, place string, object target.Object, marked bool) target.Item {
	name := file(place, object.App)
	item := target.Item{Verb: target.ItemChange, What: name}
	is, _, err := d.Read(name, maxEdited)
	readable := err == nil && json.Valid(is)
	if by.what != right {
		item.Words = by.words(place, object.App)
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
func empty(d disk, name string) bool {
	names, err := d.List(name)
	return err == nil && len(names) == 0
}

// pretty is a document with a line for each value, so that lines can be compared; the
// files in it follow, each with its own lines.
func pretty(document []byte) []byte {
	var whole map[string]json.RawMessage
	var files map[string]filledFile
	var apart []byte
	if json.Unmarshal(document, &whole) == nil && json.Unmarshal(whole["files"], &files) == nil && len(files) > 0 {
		delete(whole, "files")
		for _, name := range slices.Sorted(maps.Keys(files)) {
			f := files[name]
			mode := ""
			if f.Executable {
				mode = " (executable)"
			}
			apart = fmt.Appendf(apart, "# %s%s\n%s\n", name, mode, strings.TrimRight(f.Content, "\n"))
		}
		if raw, err := json.Marshal(whole); err == nil {
			document = raw
		}
	}
	var out bytes.Buffer
	if json.Indent(&out, document, "", "  ") != nil {
		return document
	}
	return append(append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), apart...)
}
