// Package cut ends what a contained app does: its pods, its traffic, its tokens, its flag.
//
//	the recipe of the app's class and what is there → the measures still to take (measures.go)
//	→ each of them taken; when the app is released, its traffic is no longer refused (cut.go)
//
// Whoever calls has written the mark before.
package cut
