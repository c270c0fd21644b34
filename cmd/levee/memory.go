package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectLater lets garbage grow, until the function it returns is called. A check
// ends after some seconds and leaves much garbage on the way; collecting it while
// little is in use costs more time than all else. So memory is reserved that counts
// as in use and is never touched: small catalogs are then checked without
// collecting, one of 10,000 apps still stays below 400 MB, and a larger one takes
// twice what it uses, as by default. GOGC in the environment wins.
func collectLater() (collect func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	reserved := make([]byte, 48<<20)
	return func() { runtime.KeepAlive(reserved) }
}

// collectSooner keeps garbage to two fifths of what is in use, where the default is as much:
// a daemon over 10,000 apps stays below 450 MB in place of 560, for some 5 % of its time at work.
// GOGC in the environment wins.
func collectSooner() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
}
