// Package oldrules takes in rules that were written for other programs: in Rego before its
// version 1, for conftest, for Gatekeeper, or for a gate that asks `allow`. They become rules
// of a catalog, one a file, in today's Rego.
//
// Three things are rewritten. Results (deny, violation, warn, allow) become the sets that a
// rule of a catalog defines. Paths of the input, in the shape of a manifest or of an object of
// Kubernetes, become paths of the input of rules, by the table in shapes.go; where its words or
// units differ, so do the constants they are compared with. Syntax and functions that Rego
// dropped are written as they are now.
//
// Nothing is dropped, and nothing is guessed. A rule that asks for something that has no
// place in the input is left, and reported with the line and with what to write instead; so is
// every rule that uses it. levee convert calls this package, and holds what comes of it
// against the engine before it writes anything.
package oldrules
