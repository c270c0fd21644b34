// Package reconcilertest is a world for tests of the loops, in one process: what they read
// and what they act on is real, and small.
//
//	catalog.go  settings, people with keys, a blueprint, boards → files of a catalog
//	place.go    a repository and a folder, what anybody does and sees there without a daemon
//	world.go    a bare repository with them, a ledger begun, a folder for apps, a clock
//	process.go  one run of the daemon on it: mirror, forge, target, sender → Reconciler
//	pass.go     the run makes a pass, and ends
//	run.go      or goes on by itself; kill.go: effects at which it ends
//	people.go   changes, reviews and pushes, as people make them
//	operate.go  what operators do: contain, go back, settle with the root key
//	notices.go  what people are told
//	told.go     what a pass did, in words
//	see.go      what is on record and in the folder
//	want.go     what must hold of it
//
// A test reads like the story that it is about:
//
//	w := reconcilertest.New(t, "board")
//	w.Pass()
//	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
//	w.Pass()
//	w.WantTold("change publish/x: pending", "approval by product-owner")
//	w.Approve("ben", "x")
//	w.Pass()
//	w.WantRuns("staging", "board=1.1.0")
//	w.WantAudit()
//
// Every pass is made by a process that starts for it and ends with it, so that each test
// also says that nothing is remembered but by what is written down. Serve starts one that
// stays. The clock is the world's, and passes take a minute of it.
//
// The forge is plaingit and the target is directory: the world is wired of plug-ins, as
// cmd/levee is, and only tests outside the packages under test may import it.
package reconcilertest
