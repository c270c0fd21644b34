// Package propose writes the changes that the daemon itself asks for, and knows which it
// has opened: so that content which landed past the check can be approved afterwards, and
// so that a batch of retirements which is over the caps can be agreed to.
//
//	what is held, what is over the caps → Proposal → claim → the forge → receipt → Opened
//
// It opens nothing itself. Everything here reads one view of the ledger.
package propose
