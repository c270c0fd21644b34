package memory

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

// TestPercent: garbage fills the room that what is in use leaves, within bounds.
func TestPercent(t *testing.T) {
	for used, want := range map[uint64]struct{ check, daemon int }{
		0:         {6300, 200},
		16 << 20:  {1500, 200},
		160 << 20: {100, 100},
		200 << 20: {100, 60},
		500 << 20: {100, 40},
		700 << 20: {100, 25},
	} {
		if got := checkPercent(used); got != want.check {
			t.Errorf("with %d MB in use a check lets garbage grow to %d %%, want %d", used>>20, got, want.check)
		}
		if got := daemonPercent(used); got != want.daemon {
			t.Errorf("with %d MB in use a daemon lets garbage grow to %d %%, want %d", used>>20, got, want.daemon)
		}
	}
}

// TestKeep: after each collection the percentage is set by what is in use, until it is stopped,
// which brings back the one before.
func TestKeep(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	var asked, used atomic.Int64
	stop := keep(func(now uint64) int {
		used.Store(int64(now))
		return 70 + int(asked.Add(1))
	})
	held := make([]byte, 32<<20)
	for round := int64(2); round < 5; round++ {
		runtime.GC()
		for deadline := time.Now().Add(time.Minute); asked.Load() < round; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("after %d collections it was asked %d times how much garbage may come", round-1, asked.Load())
			}
		}
	}
	runtime.KeepAlive(held)
	if used.Load() < 32<<20 {
		t.Errorf("with 32 MB held, %d bytes are in use", used.Load())
	}
	stop()
	if percent := debug.SetGCPercent(100); percent != 100 {
		t.Errorf("once stopped it is %d %%, want what it was", percent)
	}
	seen := asked.Load()
	runtime.GC()
	runtime.GC()
	if asked.Load() != seen {
		t.Error("once stopped it was asked again")
	}
}

// TestEnvironment: GOGC in the environment wins.
func TestEnvironment(t *testing.T) {
	t.Setenv("GOGC", "50")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	defer CollectSooner()()
	if percent := debug.SetGCPercent(100); percent != 100 {
		t.Errorf("with GOGC in the environment it was set to %d %%", percent)
	}
}
