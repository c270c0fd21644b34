package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/directory/inventory"
	"github.com/levee-gitops/levee/reconciler/target/directory/layout"
	"github.com/levee-gitops/levee/reconciler/target/directory/live"
)

// app observes one app. What looks like drift may be an apply on its way, so it is
// looked at again when that is done.
func (v *view) app(ctx context.Context, app string) (o target.Observed, there bool, err error) {
	o, there, _, err = v.look(app, v.present)
	if err == nil && o.Drift == "" {
		return o, there, nil
	}
	release, err := v.t.environments.Hold(ctx, v.d, v.environment, layout.Shard(app))
	if err != nil {
		return o, false, fmt.Errorf("%s: %w", app, err)
	}
	defer release()
	again := *v
	again.d = v.sure
	o, there, unread, err := again.look(app, nil)
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
	if present == nil || present[layout.Marks][app] {
		if o.Mark, _, err = inventory.ReadMark(v.d, app); err != nil {
			return o, false, nil, err
		}
	}
	m := v.t.memory.recall(v.environment, app)
	r := v.entry(&m, app, began)
	if !r.Held {
		return o, o.Mark != nil, nil, nil
	}
	var seen [len(layout.Places)]live.Sight
	for i, place := range layout.Places {
		if present == nil || present[place][app] || place == r.Place(o.Mark != nil) {
			seen[i] = v.place(&m, r.Entry, app, place, began)
		}
	}
	v.t.memory.remember(v.environment, app, m)
	o.Render, o.Fence, o.Disabled = r.Render, r.Fence, r.Disabled
	o.Document = m.of(r.Entry, seen)
	o.Drift = live.Drift(v.d, r, o.Mark != nil, seen, o.Document)
	if o.Drift != "" && r.Broken == nil {
		o.Drifted = []target.Drifted{{What: layout.File(r.Place(false), app)}}
	}
	if o.Mark == nil && !o.Disabled {
		o.Health = live.Health(v.d, r, o.Drift, seen[0], present)
	}
	if r.Unread {
		unread = r.Broken
	}
	return o, true, unread, nil
}

// entry reads an app's entry, or remembers it.
func (v *view) entry(m *memo, app string, began time.Time) inventory.Record {
	if m.entry != nil {
		if info, err := v.d.Lstat(layout.File(layout.Inventory, app)); err == nil {
			if p, ok := disk.FingerprintOf(info); ok && p == m.entryPrint {
				return inventory.Record{Entry: *m.entry, Held: true, Info: info}
			}
		}
	}
	r := inventory.Read(v.d, app)
	m.entry = nil
	if r.Info != nil {
		if p, ok := settled(r.Info, began); ok {
			m.entry, m.entryPrint = &r.Entry, p
		}
	}
	return r
}

// place looks at one of the places, and reads only what is not remembered.
func (v *view) place(m *memo, e inventory.Entry, app, place string, began time.Time) live.Sight {
	if m.document != nil && m.place == place && m.filePrint.Size == e.Size && m.sum == e.SHA256 {
		if info, err := v.d.Lstat(layout.File(place, app)); err == nil {
			if p, ok := disk.FingerprintOf(info); ok && p == m.filePrint {
				return live.Sight{What: live.Right, Info: info}
			}
		}
	}
	s := live.At(v.d, e, app, place)
	if s.What == live.Right {
		if p, ok := settled(s.Info, began); ok {
			m.filePrint, m.place, m.sum, m.document = p, place, e.SHA256, json.RawMessage(s.Content[:len(s.Content)-1])
		}
	}
	return s
}
