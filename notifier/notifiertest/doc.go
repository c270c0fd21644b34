// Package notifiertest holds senders to their contract, and stands in for one.
//
// Run is the conformance suite: every sender passes it, the fake of this package
// as well as the real ones. What it needs of the world behind a sender (what do
// people see there, lose the next answer) it asks of a Harness, which each sender
// brings along with its tests. What a sender cannot do at all, such as searching
// what was once printed, its harness does not claim, and is not asked of it.
//
// Fake is a sender in memory, for tests of what sends notices. Tests make it fail
// with Refuse and Lose, take messages away with Delete, and look at what people
// have in front of them with Sent and At.
package notifiertest
