// Package verdict shows verdicts: as a check on a commit, for branch protection (checks.go), and as a
// comment for people, which is found by its first line (comments.go). Nothing is written that is
// there already.
package verdict
