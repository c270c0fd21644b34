// Package rego reads, compiles and evaluates rules. It is the only package that imports OPA.
//
// An Engine parses the embedded library (package bundle) once. For each governance it compiles
// the library together with the files in the catalog's policies/ folder into a Set: under
// capabilities without network, clock and chance, with bounds on what built-in functions make,
// against the schema of the input, so that a misspelt field does not compile. A file of the
// organisation's that cannot be compiled, has a wrong annotation, fails its tests or has no
// effect is a Problem of that file, and all others are in force.
//
// Set.Evaluate takes the input of one app and returns what the rules find in it: problems,
// required approvals, risks. What they mean is decided in package policies. Of each rule it is
// known which paths of the input it depends on; its findings are cached by the values there,
// so that a change of one rule, or of one value, evaluates little again.
package rego
