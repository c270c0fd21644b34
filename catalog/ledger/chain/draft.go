package chain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Draft collects records on top of a view until they are pushed together, so that
// a pass which learns step by step what to record needs one push for all of it.
// What a draft's view says has not landed: nothing may be done on its word. A Draft
// belongs to one goroutine.
type Draft struct {
	l    *Ledger
	base *View
	w    *writer // nil while nothing is written
}

// Draft begins to collect records on top of a view. It costs nothing until
// something is written.
func (l *Ledger) Draft(v *View) *Draft { return &Draft{l: l, base: v} }

// Len is how many records the draft holds.
func (d *Draft) Len() int {
	if d.w == nil {
		return 0
	}
	return len(d.w.records)
}

// Write adds records and returns the view after them. After an error the draft is
// of no more use.
func (d *Draft) Write(ctx context.Context, now time.Time, entries ...ledger.Entry) (*View, error) {
	if d.base.Frozen != nil {
		return nil, fmt.Errorf("append to the ledger: %w: %w", ErrFrozen, d.base.Frozen)
	}
	if d.l.opts.Signer == nil {
		return nil, errors.New("append to the ledger: no key to sign with")
	}
	if d.w == nil {
		w, err := d.l.begin(ctx, d.base, d.l.opts.Signer, nil)
		if err != nil {
			return nil, err
		}
		d.w = w
	}
	if err := d.w.writeAll(ctx, now, entries); err != nil {
		return nil, err
	}
	v := d.w.view()
	v.drafted = true
	return v, nil
}

// Push lands the draft and returns the view after it; the errors are those of
// Append. An empty draft is no push.
func (d *Draft) Push(ctx context.Context) (*View, error) {
	if d.Len() == 0 {
		return d.base, nil
	}
	return d.l.send(ctx, d.w, gitrepo.ID(d.base.Tip), nil)
}
