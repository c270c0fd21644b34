// Package live looks at what lies under an app's name.
//
//	an entry and a place → what lies there, beside what was written (sight.go)
//	→ how it differs, in words (drift.go); how the app does (health.go)
//
// It writes nothing.
package live
