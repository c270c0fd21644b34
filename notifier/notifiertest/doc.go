// Package notifiertest has the conformance suite of senders, and a fake sender.
//
// Run is the suite; every sender passes it, the fake of this package too. It acts on the
// service behind a sender (what do people see there, lose the next answer) by a Harness,
// which the tests of each sender supply. Abilities that the harness does not claim, such
// as searching, are not tested.
//
// Fake is a sender in memory, for tests of code that sends notices. Tests make it fail
// with Refuse and Lose, delete messages with Delete, and read what arrived with Sent and
// At.
package notifiertest
