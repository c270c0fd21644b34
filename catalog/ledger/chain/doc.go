// Package chain keeps the ledger: an append-only branch of the catalog repository. What was
// asked, approved, decided, admitted and told is one signed commit a record; what a daemon
// notes of its own work (claims, receipts, healths) stands together, as many records of one
// kind a commit as may be.
//
// The message of a commit reads as a sentence, or as a list of them, and carries trailers,
// so that `git log` on the branch is a report. The tip's tree also holds the state, one
// small file a subject: the fold of all records, kept so that a start reads as much as there
// are apps and not as much as there is history, and recomputed by verification. And it holds
// the files that admissions admitted, so that what runs can be read from the ledger alone.
//
// Nothing is replayed. An Append is made against a View; when another writer was first, the
// push fails with gitrepo.ErrStale, and what is still to be recorded is worked out again from
// the new View.
//
// What a reader does, in this order: collect witnesses, fetch, Refresh, look at Frozen, decide
// on what Root and App say, Append, and act only on what the view that Append returned says
// is Held. Main tells whether the catalog's branch was rewritten. Verify is for auditors: it
// checks all of it, and judges every decision again.
//
// Trust starts outside the repository: the operator pins the genesis commit and a root key.
// From there, key records name the keys that may sign; the tips seen before (witnesses) show
// a branch that was reset. A View that fails any of this is frozen: it can be read, and
// nothing may be admitted on its word.
package chain
