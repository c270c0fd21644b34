package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Observe implements target.Target.
func (t *Target) Observe(ctx context.Context, environment string, names ...string) (target.Inventory, error) {
	got, err := t.observe(ctx, environment, names)
	if err != nil {
		return target.Inventory{}, fmt.Errorf("observe %.80q: %w", environment, err)
	}
	return got, nil
}

func (t *Target) observe(ctx context.Context, environment string, names []string) (target.Inventory, error) {
	got := target.Inventory{Apps: map[string]target.Observed{}}
	if err := target.CheckNames(environment, names...); err != nil {
		return got, err
	}
	if err := ctx.Err(); err != nil {
		return got, err
	}
	d, err := t.enter(environment)
	if errors.Is(err, fs.ErrNotExist) {
		return got, nil
	}
	if err != nil {
		return got, err
	}
	defer d.Close()
	v := view{t: t, d: d, sure: d, environment: environment, named: len(names) > 0}
	if !v.named {
		all := openAll(d)
		defer all.Close()
		v.d = all
		if names, err = v.list(); err != nil {
			return got, err
		}
	}
	for _, app := range names {
		if err := ctx.Err(); err != nil {
			return got, err
		}
		o, there, err := v.app(ctx, app)
		if err != nil {
			return got, err
		}
		if there {
			got.Apps[app] = o
		}
	}
	got.Witness, _, err = readWitness(d)
	for _, o := range got.Apps { // an apply may have been killed before it told
		got.Witness = newer(got.Witness, o.Fence)
	}
	return got, err
}

// view is one pass over an environment.
type view struct {
	t           *Target
	d           disk
	sure        disk // as d, and goes the whole way to each file
	environment string
	named       bool
	// present is what lay in each folder at the start of a pass over all apps, so
	// that most of what is not there need not be asked for.
	present map[string]map[string]bool
}

// list names all apps that are held or marked.
func (v *view) list() ([]string, error) {
	v.present = map[string]map[string]bool{}
	held := map[string]bool{}
	for _, folder := range []string{inventory, marks, apps, disabled, quarantined} {
		names, err := v.d.List(folder)
		if errors.Is(err, fs.ErrNotExist) {
			if err := v.lost(folder); err != nil {
				return nil, err
			}
		} else if err != nil {
			return nil, fmt.Errorf("list %s: %w", folder, err)
		}
		there := make(map[string]bool, len(names))
		for _, name := range names {
			app, ok := strings.CutSuffix(name, ".json")
			if !ok || target.CheckNames(v.environment, app) != nil {
				continue // nothing of ours is called so
			}
			there[app] = true
			if folder == inventory || folder == marks {
				held[app] = true
			}
		}
		v.present[folder] = there
	}
	v.t.forget(v.environment, held)
	all := make([]string, 0, len(held))
	for app := range held {
		all = append(all, app)
	}
	slices.Sort(all)
	return all, nil
}

// lost refuses to take an inventory that was thrown away for an empty one.
func (v *view) lost(folder string) error {
	if folder != inventory && folder != marks {
		return nil // tells of itself, app by app
	}
	if _, err := v.d.Lstat(witness); errors.Is(err, fs.ErrNotExist) {
		return nil // nothing was ever applied
	}
	return fmt.Errorf("%s is gone, and with it what is known of every app: restore it, or move the environment's folder away to start anew", folder)
}

// app observes one app. What looks like drift may be an apply on its way, so it is
// looked at again when that is done.
func (v *view) app(ctx context.Context, app string) (o target.Observed, there bool, err error) {
	o, there, unread, err := v.look(app, v.present)
	if err == nil && o.Drift == "" {
		return o, there, nil
	}
	release, err := v.t.hold(ctx, v.d, v.environment, shard(app))
	if err != nil {
		return o, false, fmt.Errorf("%s: %w", app, err)
	}
	defer release()
	again := *v
	again.d = v.sure
	o, there, unread, err = again.look(app, nil)
	if err == nil && v.named {
		err = unread
	}
	if err != nil {
		return o, false, fmt.Errorf("could not tell what is held of %s: %w", app, err)
	}
	return o, there, nil
}

// look observes one app as it lies this moment.
func (v *view) look(app string, present map[string]map[string]bool) (o target.Observed, there bool, unread, err error) {
	o.App = app
	began := v.t.now()
	if present == nil || present[marks][app] {
		if o.Mark, _, err = readMark(v.d, app); err != nil {
			return o, false, nil, err
		}
	}
	m := v.t.recall(v.environment, app)
	r := v.entry(&m, app, began)
	if !r.held {
		return o, o.Mark != nil, nil, nil
	}
	var seen [len(places)]sight
	for i, place := range places {
		if present == nil || present[place][app] || place == r.place(o.Mark != nil) {
			seen[i] = v.place(&m, r.entry, app, place, began)
		}
	}
	v.t.remember(v.environment, app, m)
	o.Render, o.Fence, o.Disabled = r.Render, r.Fence, r.Disabled
	o.Document = m.of(r.entry, seen)
	o.Drift = drift(v.d, r, o.Mark != nil, seen, o.Document)
	if r.unread {
		unread = r.broken
	}
	return o, true, unread, nil
}

// entry reads an app's entry, or remembers it.
func (v *view) entry(m *memo, app string, began time.Time) record {
	if m.entry != nil {
		if info, err := v.d.Lstat(file(inventory, app)); err == nil {
			if p, ok := printOf(info); ok && p == m.entryPrint {
				return record{entry: *m.entry, held: true, info: info}
			}
		}
	}
	r := readEntry(v.d, app)
	m.entry = nil
	if r.info != nil {
		if p, ok := settled(r.info, began); ok {
			m.entry, m.entryPrint = &r.entry, p
		}
	}
	return r
}

// place looks at one of the places, and reads only what is not remembered.
func (v *view) place(m *memo, e entry, app, place string, began time.Time) sight {
	if m.document != nil && m.place == place && m.filePrint.size == e.Size && m.sum == e.SHA256 {
		if info, err := v.d.Lstat(file(place, app)); err == nil {
			if p, ok := printOf(info); ok && p == m.filePrint {
				return sight{what: right, info: info}
			}
		}
	}
	s := look(v.d, e, app, place)
	if s.what == right {
		if p, ok := settled(s.info, began); ok {
			m.filePrint, m.place, m.sum, m.document = p, place, e.SHA256, json.RawMessage(s.content[:len(s.content)-1])
		}
	}
	return s
}

// of returns the document of an entry, from what was just read or is remembered.
func (m memo) of(e entry, seen [len(places)]sight) json.RawMessage {
	for _, s := range seen {
		if s.ours() && len(s.content) > 0 {
			return json.RawMessage(s.content[:len(s.content)-1])
		}
	}
	if m.sum == e.SHA256 {
		return m.document
	}
	return nil
}
