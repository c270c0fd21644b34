// Package history tells what commits changed, and who brought them.
//
//	a commit → the paths that it changed, and the people it names (commits.go); of a merge the paths
//	that it changed by itself, by comparing trees (trees.go)
//	a branch → the pushes to it, with the pushers as GitHub saw them (pushes.go)
//	→ the contributors of a pull request (contributors.go, contributorset.go), and of a commit that
//	landed (pushed.go)
package history
