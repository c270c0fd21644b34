package ledger

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
)

// Moved returns the apps, sorted, whose state differs from what an earlier view knew
// of them, whatever was recorded and by whom. What open changes of an app are judged
// and reviewed as is left out: it is no state of what runs. An app that only one of the
// views knows has moved. What the views share is not looked at.
func (v *View) Moved(since *View) []string {
	var list []string
	for i := range v.apps.shards {
		now, before := v.apps.shards[i], since.apps.shards[i]
		if reflect.ValueOf(now).UnsafePointer() == reflect.ValueOf(before).UnsafePointer() {
			continue
		}
		for name, a := range now {
			if b, known := before[name]; !known || !sameApart(a, b) {
				list = append(list, name)
			}
		}
		for name := range before {
			if _, known := now[name]; !known {
				list = append(list, name)
			}
		}
	}
	list = slices.DeleteFunc(list, func(name string) bool { return strings.HasPrefix(name, "@") })
	slices.Sort(list)
	return list
}

// sameApart reports whether two states say the same apart from open changes. What
// cannot be written down is taken for another one.
func sameApart(a, b App) bool {
	a.Changes, b.Changes = nil, nil
	x, err := encode(a)
	if err != nil {
		return false
	}
	y, err := encode(b)
	return err == nil && bytes.Equal(x, y)
}
