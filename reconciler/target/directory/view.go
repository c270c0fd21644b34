package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
)

// app observes one app. What looks like drift may be an apply on its way, so it is
// looked at again when that is done.
func (v *view) app(ctx context.Context, app string) (o target.Observed, there bool, err error) {
	o, there, _, err = v.look(app, v.present)
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
	if present == nil || present[marks][app] {
		if o.Mark, _, err = readMark(v.d, app); err != nil {
			return o, false, nil, err
		}
	}
	m := v.t.memory.recall(v.environment, app)
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
	v.t.memory.remember(v.environment, app, m)
	o.Render, o.Fence, o.Disabled = r.Render, r.Fence, r.Disabled
	o.Document = m.of(r.entry, seen)
	o.Drift = drift(v.d, r, o.Mark != nil, seen, o.Document)
	if o.Drift != "" && r.broken == nil {
		o.Drifted = []target.Drifted{{What: file(r.place(false), app)}}
	}
	if o.Mark == nil && !o.Disabled {
		o.Health = health(v.d, r, o.Drift, seen[0], present)
	}
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
