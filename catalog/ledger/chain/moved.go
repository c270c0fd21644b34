package chain

import (
	"bytes"
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// Moved returns the apps, sorted, whose state differs from what an earlier view knew
// of them, whatever was recorded and by whom. What open changes of an app are judged
// and reviewed as is left out: it is no state of what runs. An app that only one of the
// views knows has moved. What the views share is not compared.
func (v *View) Moved(since *View) []string {
	var list []string
	v.apps.changed(since.apps, func(name string, now, before *ledger.App) {
		if !strings.HasPrefix(name, "@") && (now == nil || before == nil || !sameApart(*now, *before)) {
			list = append(list, name)
		}
	})
	return list
}

// sameApart reports whether two states say the same apart from open changes. What
// cannot be written down is taken for another one.
func sameApart(a, b ledger.App) bool {
	a.Changes, b.Changes = nil, nil
	x, err := ledger.Encode(a)
	if err != nil {
		return false
	}
	y, err := ledger.Encode(b)
	return err == nil && bytes.Equal(x, y)
}

// Same reports whether a subject is in the state that an earlier view knew, as far as one
// of its open changes hangs on it, or without a change apart from all of them. Claims and
// notices are left out: they say what is under way and was told, not what is so.
func (v *View) Same(since *View, subject, change string) bool {
	now, known := v.App(subject)
	before, was := since.App(subject)
	x, err := ledger.Encode(apart(now, change))
	if err != nil || known != was {
		return false
	}
	y, err := ledger.Encode(apart(before, change))
	return err == nil && bytes.Equal(x, y)
}

// apart is a state without claims and notices, and without all changes but one.
func apart(a ledger.App, change string) ledger.App {
	one, open := a.Changes[change]
	a.Claims, a.Notices, a.Changes = nil, nil, nil
	if open {
		a.Changes = map[string]ledger.Change{change: one}
	}
	return a
}
