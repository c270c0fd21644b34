// Package impact says what a change does to the verdicts on apps: the comment on a change of
// governance, `levee impact` and whoever else compares two decisions on one app ask it. It asks no
// rules itself and writes nothing.
//
//	the decision on an app as it stands, and as it would stand → Flip: verdict, rules, approvals (flip.go)
//	flips → groups of those that change in the same way, counted (group.go)
package impact
