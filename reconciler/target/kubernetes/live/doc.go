// Package live looks at what is there of what inventories list.
//
//	inventories → the live resources: by name for few apps, by kind for all (live.go)
//	→ what differs from what was applied, in words (drift.go) and by field (drifted.go), and what runs
//	more than a throttle leaves (throttle.go)
//	→ how the app does, and what of it has not ended (health.go)
//
// It writes nothing.
package live
