// Package github is the forge that is GitHub: a change is a pull request, a review is
// a review, and a verdict is a check on the head and one comment beside it.
//
// What a change is made of is read from the interface, never from its text. Who had
// a hand in it is whoever GitHub saw pushing to its branch, and whoever its commits
// name, by address and by the account that GitHub takes the address for. Names in
// commits can be anybody's; they only ever exclude. A merge of the base branch that
// adds nothing is nobody's, which is found out by comparing the trees of the merge,
// its parents and their base.
//
// What a reviewer looked at GitHub cannot say: it stamps the head at the moment of
// the click, and may move the stamp to a later head. So a review is witnessed only
// if its payload was captured when it arrived (Handler, Capture), which says the
// first stamp for good, or if nothing moved the head since it was submitted, by the
// list of pushes and by the timeline. A forge that has seen a review so once
// remembers the stamp. Any other review has to be given again.
//
// With an app a verdict is a check run named "levee: <base>" with notes at lines,
// with a token a commit status of that name. The comment is found again by a marker
// in its first line, and only comments of our own count: what others write, and what
// of theirs is quoted in ours, cannot pose as it. Nothing is written that says so
// already.
//
// Requests go one after the other where they write, a second apart; a short limit is
// waited for, and during a longer one nothing is asked and all calls fail at once; what
// did not change is answered "not modified", which costs nothing of the limit. Lists of several pages are read until two readings agree. GitHub shows
// what was just written a little late, so this forge remembers what it wrote.
//
// Webhooks are nudges. One that is lost is made up for by the next look at the open
// changes, one that comes twice or late does no harm. Only the payload of a review
// is evidence too, and is handed to a spool before it is acknowledged.
//
// Limits: GitHub lists 250 commits of a pull request; one with more cannot be read.
// Two pull requests for one base with the same head share one check. Who pushed to a
// fork that cannot be read is taken to be its owner, where the fork is a person's
// and only theirs. Merge queues and one-click corrections are not offered.
package github
