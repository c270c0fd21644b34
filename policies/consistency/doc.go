// Package consistency checks the files of governance against each other: settings, roles,
// vendors, blueprints, waivers and grants, of which each by itself can be read.
//
// What a file names has to exist, somebody has to hold each role that is asked, and a key or
// an account has to prove one person (Consistent). What is written and can never do anything
// is told as well (NoEffect). Check runs over a whole snapshot; the gate of a change of
// governance and levee check ask for it, by way of policies.CheckGovernance.
package consistency

// The rules of the program by which problems are reported.
const (
	Complete   = "governance.complete"
	Consistent = "governance.consistent"
	// NoEffect is the rule of things that are written and do nothing. It is a warning for
	// what stands already, and denies a change that writes it.
	NoEffect = "governance.no-effect"
)
