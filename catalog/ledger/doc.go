// Package ledger is the memory of Levee: an append-only branch of the catalog
// repository that says who asked, who approved, what was decided and by which
// rules, what was admitted, applied, told and taken down.
//
// A Record is one entry. Records are canonical JSON, each naming the hash of the
// one before; each is one signed commit of the branch, whose message reads as a
// sentence and carries trailers, so that `git log` on the branch is a report. The
// tip's tree also holds the State, one small file an app: the fold of all records,
// kept so that a start reads as much as there are apps and not as much as there is
// history, and recomputed by verification. And it holds the files that admissions
// admitted, so that what runs can be read from the ledger alone.
//
// Nothing is replayed. An Append is made against a View; when another writer was
// first, the push fails with gitrepo.ErrStale, and what is still to be recorded is
// worked out again from the new View. Whoever is about to do an effect first lands
// a Claim to it.
//
// What a reader does, in this order: collect witnesses, fetch, Refresh, look at
// Frozen, decide on what Root and App say, Append, and act only on what the view that
// Append returned says is Held. Main tells whether the catalog's branch was rewritten.
// Facts that arrive before they can be recorded wait in a Spool. Verify is for
// auditors: it checks all of it, and judges every decision again.
//
// Trust starts outside the repository: the operator pins the genesis commit and a
// root key. From there, key records name the keys that may sign; the tips seen
// before (witnesses) show a branch that was reset. A View that fails any of this
// is frozen: it can be read, and nothing may be admitted on its word.
package ledger
