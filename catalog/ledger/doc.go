// Package ledger holds what Levee records, and the state that records lead to.
//
// A Record says one thing: who asked, who approved, what was decided and by which rules,
// what was admitted, applied, told or taken down. An Entry is what a writer wants recorded;
// its body has the type of its kind. Records are canonical JSON (Encode, ReadRecord), each
// naming the hash of the one before.
//
// Fold takes one record and the state before it, and returns the state after it: a Root,
// and an App for each subject that the record touches. It is pure, and refuses what cannot
// follow: a gap, a claim to what somebody else has claimed, a transition from a stage the
// app is not in. Whoever is about to do an effect first lands a Claim to it.
//
// Where records lie, who signs them and whom to believe is told in package chain; facts that
// arrive before they can be recorded wait in package spool.
package ledger
