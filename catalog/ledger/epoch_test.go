package ledger

import (
	"testing"
	"time"
)

// TestEpoch: one that is put off is another, of the same kind and the same original.
func TestEpoch(t *testing.T) {
	first := NewEpoch("rule", "egress.vendor-known", "2026-05-01T00:00:00Z")
	if first != "rule egress.vendor-known 2026-05-01T00:00:00Z" {
		t.Errorf("it is named %q", first)
	}
	off := first.PutOff(time.Date(2026, 5, 15, 10, 0, 0, 0, time.FixedZone("", 7200)))
	if off != first+" again 2026-05-15T08:00:00Z" {
		t.Errorf("put off it is %q", off)
	}
	for _, e := range []Epoch{first, off, off.PutOff(time.Now())} {
		if e.Original() != first || e.Kind() != "rule" {
			t.Errorf("%q is of kind %q and was %q at first", e, e.Kind(), e.Original())
		}
	}
	if none := Epoch(""); none.Kind() != "" || none.Original() != "" {
		t.Error("no epoch has a kind")
	}
}
