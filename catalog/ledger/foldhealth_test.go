package ledger

import (
	"testing"
	"time"
)

// TestFoldHealth follows the health of one app through receipts and health records.
func TestFoldHealth(t *testing.T) {
	m := newMemory(t)
	start := m.now
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	receipt := func(admission int64, outcome Outcome, disabled bool, health *Health) Receipt {
		return Receipt{Effect: "apply", Outcome: outcome, Environment: "production", Admission: admission, Digest: "r1:7", Disabled: disabled, Health: health}
	}
	health := func(admission int64, state HealthState, since time.Time) Health {
		return Health{Environment: "production", Admission: admission, State: state, Reason: "because", Since: since}
	}
	steps := []struct {
		does     string
		kind     Kind
		body     any
		refused  string
		want     HealthState // empty: none is kept
		since    int
		known    bool
		recorded int // minute of the last health record
	}{
		{does: "health of what is not applied", kind: KindHealth, body: health(7, HealthReady, at(0)), refused: "is about admission 7"},
		{does: "a receipt that tells none", kind: KindReceipt, body: receipt(7, "done", false, nil)},
		{does: "no state", kind: KindHealth, body: health(7, "well", at(0)), refused: "no state of health"},
		{does: "no moment", kind: KindHealth, body: health(7, HealthReady, time.Time{}), refused: "since when"},
		{does: "of another admission", kind: KindHealth, body: health(8, HealthReady, at(0)), refused: "is about admission 8"},
		{does: "unknown from the start", kind: KindHealth, body: health(7, HealthUnknown, at(4)), want: HealthUnknown, since: 4, recorded: 5},
		{does: "other content, never told", kind: KindReceipt, body: receipt(8, "done", false, nil)},
		{does: "a receipt that tells", kind: KindReceipt, body: receipt(8, "done", false, &Health{State: HealthProgressing, Since: at(7)}), want: HealthProgressing, since: 7, known: true},
		{does: "ready", kind: KindHealth, body: health(8, HealthReady, at(2)), want: HealthReady, since: 2, known: true, recorded: 8},
		{does: "corrected, not told", kind: KindReceipt, body: receipt(8, "done", false, nil), want: HealthReady, since: 2, known: true, recorded: 8},
		{does: "a failure", kind: KindReceipt, body: Receipt{Effect: "apply", Outcome: "failed", Environment: "production", Admission: 9}, want: HealthReady, since: 2, known: true, recorded: 8},
		{does: "other content, told before", kind: KindReceipt, body: receipt(9, "done", false, nil), want: HealthUnknown, since: 11, known: true, recorded: 8},
		{does: "unknown, told before", kind: KindHealth, body: health(9, HealthUnknown, at(12)), want: HealthUnknown, since: 12, known: true, recorded: 12},
		{does: "a receipt with no state", kind: KindReceipt, body: receipt(9, "done", false, &Health{State: "well", Since: at(0)}), refused: "no state of health"},
		{does: "contained", kind: KindReceipt, body: receipt(9, "contained", false, nil)},
		{does: "told again", kind: KindHealth, body: health(9, HealthReady, at(1)), want: HealthReady, since: 1, known: true, recorded: 15},
		{does: "disabled", kind: KindReceipt, body: receipt(9, "done", true, nil)},
	}
	for i, step := range steps {
		m.now = at(i)
		if step.refused != "" {
			m.refuse(step.refused, step.kind, "a", step.body)
			continue
		}
		m.fold(step.kind, "a", step.body)
		got := m.app("a").Applied["production"].Health
		if (got == nil) != (step.want == "") {
			t.Fatalf("%s: the health is %+v", step.does, got)
		}
		if got == nil {
			continue
		}
		want := AppliedHealth{State: step.want, Reason: got.Reason, Since: at(step.since), Known: step.known}
		if step.recorded != 0 {
			want.Recorded = at(step.recorded)
		}
		if *got != want {
			t.Errorf("%s: the health is %+v, not %+v", step.does, *got, want)
		}
	}
}
