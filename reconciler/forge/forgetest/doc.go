// Package forgetest holds forges to their contract, and stands in for one.
//
// TestForge is the conformance suite: every forge passes it, the fake of this
// package as well as the real ones. It knows no forge. What it needs done in the
// name of people (somebody opens a change, another one reviews it) it asks of a
// Harness, which each forge brings along with its tests. The core is run for every
// forge, the suite of an ability where the forge claims it.
//
// Fake is a forge in memory, for tests of what uses a forge. Tests play the people
// with Open, Push, Review and the like, make it fail with Before, After and Reads,
// and look at what it was made to do with Shown, Told, Asked and Landings. Commits
// are ids that the test brings; a test with a real repository lands there through
// FakeOptions.Land.
package forgetest
