// Package pulls keeps, lists and acts on pull requests.
//
//	the open ones with their stamps (list.go), and those that were read last (pulls.go)
//	→ asked for reviews (ask.go), merged (land.go); which one a commit landed by (landed.go)
//	files of the daemon's → a pull request that it opens itself (propose.go)
//
// Before anything is written the pull request has to be as it was judged, else it is forge.ErrStale.
package pulls
