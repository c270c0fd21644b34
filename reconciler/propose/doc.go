// Package propose writes the changes that the daemon itself asks for, and knows which it
// has opened: so that content which landed past the check can be approved afterwards, and
// so that a batch of retirements which is over the caps can be agreed to.
//
//	what is held, what is over the caps → Proposal → claim → the forge → receipt → Opened
//
// What is to be proposed is worked out from one view of the ledger. A Proposer claims it for a pass, and
// opens it beside the passes once the claim has landed (proposer.go).
package propose
