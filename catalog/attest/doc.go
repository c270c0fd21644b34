// Package attest verifies who signed evidence. Package evidence keeps of each signed file what
// a signature is verified with; governance says whose signatures count: keys, and identities
// to which a certificate authority gives certificates. New makes a Trust of these, and
// Trust.Verify returns a Verdict on one signature: the names of the signers whose it is, or
// why it is nobody's. What a signer may sign, and what a signed file is worth, is judged in
// package policies.
//
// Everything is verified from what lies in the catalog: nothing is fetched. Certificates hold
// for the time at which a log or a time-stamping authority of the trusted root says that the
// signature was made, so a verdict does not change as time passes.
package attest
