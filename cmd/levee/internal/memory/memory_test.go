package memory

import (
	"runtime"
	"testing"
)

// TestGarbageAt: a daemon that uses much lets less garbage grow, and knows what it uses.
func TestGarbageAt(t *testing.T) {
	for used, want := range map[uint64]int{0: 40, 500 << 20: 40, 700 << 20: 25} {
		if got := garbageAt(used); got != want {
			t.Errorf("with %d MB in use it is %d %%, want %d", used>>20, got, want)
		}
	}
	held := make([]byte, 32<<20)
	runtime.GC()
	if used := inUse(); used < 32<<20 {
		t.Errorf("with 32 MB held, %d bytes are in use", used)
	}
	runtime.KeepAlive(held)
}
