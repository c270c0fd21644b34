package memory

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// CollectLater lets the garbage of a check grow, until the function it returns is called. A check
// ends after some seconds and leaves much garbage on the way. GOGC in the environment wins.
func CollectLater() (stop func()) { return keep(checkPercent) }

// CollectSooner keeps the garbage of a daemon small, until the function it returns is called. A
// daemon stays. GOGC in the environment wins.
func CollectSooner() (stop func()) { return keep(daemonPercent) }

// checkPercent lets a check use 256 MB before it collects anything, and twice what is in use where
// that is more. One of 10,000 apps stays below 400 MB.
func checkPercent(used uint64) int { return garbage(used, 256<<20, 100, 10_000) }

// daemonPercent lets a daemon at work use 320 MB, or three times what is in use where that is less:
// it is to be small where it has little to do. One of 10,000 apps stays below 500 MB, and
// one of 50,000 below 1.3 GB.
func daemonPercent(used uint64) int {
	if used > 600<<20 {
		return 25
	}
	return garbage(used, 320<<20, 40, 200)
}

// garbage is how much garbage may come before it is collected, in percent of what is in use. A
// collection costs what is in use, however much garbage it finds. So all is to fill room bytes;
// there is garbage of least percent where what is in use leaves less room, and of most at most.
func garbage(used, room uint64, least, most int) int {
	used = max(used, 4<<20) // as the runtime counts
	return min(max(int(room*100/used)-100, least), most)
}

// keep sets the percentage anew after each collection, which is when it is known how much is in use.
func keep(percent func(used uint64) int) (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(percent(inUse()))
	var stopped atomic.Bool
	var collected func(*collection)
	collected = func(c *collection) {
		if !stopped.Load() {
			debug.SetGCPercent(percent(inUse()))
			runtime.SetFinalizer(c, collected)
		}
	}
	runtime.SetFinalizer(&collection{}, collected)
	return func() {
		stopped.Store(true)
		debug.SetGCPercent(before)
	}
}

// A collection is referred to by nothing, so that its finalizer runs after each.
type collection struct{ _ *collection }

// inUse is how many bytes the last collection found in use.
func inUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return live[0].Value.Uint64()
}
