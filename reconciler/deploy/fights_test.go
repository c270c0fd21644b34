package deploy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// fighting is a world in which somebody changes the board in production again and again, with a
// process that stays.
type fighting struct {
	*reconcilertest.World
	p *reconcilertest.Process
}

const fought = "run/production/apps/board.json"

// look lets time pass and has the process look, and reports whether the board is as it was
// approved.
func (f fighting) look(after time.Duration) bool {
	f.T.Helper()
	f.Later(after)
	f.Once(f.p)
	return f.Read(fought) != "{}"
}

// strike changes the board, and is look.
func (f fighting) strike(after time.Duration) bool {
	f.T.Helper()
	f.Write(fought, "{}")
	return f.look(after)
}

// begin fights until it is one.
func begin(t *testing.T, w *reconcilertest.World) fighting {
	t.Helper()
	w.Pass()
	f := fighting{w, w.Serve()}
	for i := range 5 {
		if !f.strike(30 * time.Second) {
			t.Fatalf("change %d is not corrected at once", i+1)
		}
	}
	f.look(time.Second) // what came of it is recorded
	f.look(time.Second) // and told
	if fights := w.App("board").Fights; len(fights) != 1 || fights["production/apps/board.json/"].What != "apps/board.json" {
		t.Fatalf("on record is the fight %+v", fights)
	}
	return f
}

// TestFight: what somebody changes back again and again is corrected less and less often; who
// answers for the app and the platform are told once; it is over once it is quiet.
func TestFight(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board", "desk")
	notices := w.Notify()
	f := begin(t, w)
	notices.Want("ana@example.com: Somebody changes Board back again and again", "chris@example.com: Somebody changes Board back again and again")
	if text := notices.Sent()[0].Notice.Text; !strings.Contains(text, "In production apps/board.json is changed back again and again.") {
		t.Errorf("it says %q", text)
	}
	other := w.Serve() // which counts apps with its first pass
	w.Once(other)
	if got := other.Metric(`levee_drift_fights{environment="production"}`); !strings.HasSuffix(strings.TrimSpace(got), " 1") {
		t.Errorf("the metric is %q", got)
	}
	for rest := time.Minute; rest <= 16*time.Minute; rest *= 2 {
		if f.strike(rest - 10*time.Second) {
			t.Errorf("it is corrected within %s", rest)
		}
		if !f.look(20 * time.Second) {
			t.Errorf("it is not corrected after %s", rest)
		}
	}
	before := w.Count("Correct board in production: done")
	for range 2 * 60 / 4 { // hours
		f.strike(4 * time.Minute)
	}
	if n := w.Count("Correct board in production: done") - before; n < 3 || n > 4 {
		t.Errorf("in two hours it was corrected %d times, not every half an hour", n)
	}
	if n := w.Count("Others change back again and again in production of board: apps/board.json"); n != 1 {
		t.Errorf("it is on record %d times", n)
	}
	notices.Want()

	w.Write("run/production/apps/desk.json", "{}")
	w.Write("run/staging/apps/board.json", "{}")
	f.look(time.Second)
	if w.Read("run/production/apps/desk.json") == "{}" || w.Read("run/staging/apps/board.json") == "{}" {
		t.Error("what nobody fights for waits too")
	}

	if !f.look(31 * time.Minute) {
		t.Error("it is not corrected in the end")
	}
	f.look(11 * time.Minute)
	f.look(time.Second)
	w.WantRecorded("Nobody changes back any more in production of board: apps/board.json")
	if fights := w.App("board").Fights; len(fights) != 0 {
		t.Errorf("once it is quiet the fights are %+v", fights)
	}
	if !f.strike(time.Second) {
		t.Error("once it is over, a change is not corrected at once")
	}
	w.WantAudit()
}

// TestFightGoesOn: another process goes on from where one ended, and tells nobody again.
func TestFightGoesOn(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	notices := w.Notify()
	f := begin(t, w)
	told := len(notices.Sent())
	f.p.Close()
	f.p = w.Serve()
	f.look(time.Second) // it goes on from rest, and looks a little later
	if !f.strike(time.Minute) {
		t.Error("another process does not correct what it finds first")
	}
	if f.strike(time.Minute) {
		t.Error("another process corrects at once")
	}
	if !f.look(time.Minute) {
		t.Error("another process never corrects")
	}
	if n := len(notices.Sent()); n != told {
		t.Errorf("%d notices more", n-told)
	}
	f.look(11 * time.Minute)
	f.look(time.Second)
	if fights := w.App("board").Fights; len(fights) != 0 {
		t.Errorf("once it is quiet the fights are %+v", fights)
	}
	w.WantAudit()
}

// TestFightWithContainment: what is contained is cut at once, whoever fights for it.
func TestFightWithContainment(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	f := begin(t, w)
	w.Quarantine("board", "it leaks", "ana")
	f.Later(time.Second)
	f.Once(f.p)
	for range 8 {
		w.Write(fought, "{}")
		f.Later(2 * time.Second)
		f.Once(f.p)
		if _, runs := w.InTarget()["/production/apps/board.json"]; runs {
			t.Fatal("it runs while it is contained")
		}
	}
	w.WantAudit()
}

// TestFightWithThrottle: what is throttled is corrected at once, and the fight is told all the same.
func TestFightWithThrottle(t *testing.T) {
	t.Parallel()
	w, fake := reconcilertest.New(t, "board"), targettest.New()
	w.Target = fake
	w.Pass()
	w.Throttle("board", "it costs too much", "ben")
	p := w.Serve()
	w.Once(p)
	for i := range 12 {
		fake.Tamper("production", "board", "a-scaler wrote spec.replicas")
		w.Later(2 * time.Second)
		w.Once(p)
		if runs := fake.Runs("production", "board"); runs == "d1:tampered" || fake.Full("production", "board") {
			t.Fatalf("change %d stands: %s", i+1, runs)
		}
	}
	w.Once(p)
	if f := w.App("board").Fights; len(f) != 1 || f[ledger.FightKey("production", ledger.Contested{What: "a-scaler wrote spec.replicas"})].Seq == 0 {
		t.Errorf("on record are the fights %+v", f)
	}
	w.WantAudit()
}

// TestFightWhileFrozen: nothing can be recorded, and what comes back is corrected less often all
// the same; it is on record once something can be.
func TestFightWhileFrozen(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	f := fighting{w, w.Serve()}
	f.look(time.Second)
	back := w.Unreachable()
	strike := func(after time.Duration) bool {
		w.Write(fought, "{}")
		w.Later(after)
		_, _ = f.p.Once(t.Context()) // it fails, since the repository is away
		return w.Read(fought) != "{}"
	}
	for i := range 5 {
		if !strike(30 * time.Second) {
			t.Fatalf("change %d is not corrected at once", i+1)
		}
	}
	if strike(30 * time.Second) {
		t.Error("it is corrected as often as it is changed")
	}
	back()
	f.look(time.Minute)
	f.look(time.Second)
	w.WantRecorded("Others change back again and again in production of board")
}
