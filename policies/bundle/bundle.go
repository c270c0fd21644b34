// Package bundle carries the embedded rule library: the rules that every catalog
// is judged by, and the tests that come with them. It holds no code; the policies
// package compiles the files and asks them.
//
// Each rule has a file of its own, area/rule_name.rego, in the package
// levee.rules.area.rule_name. The annotation of the package says in plain words
// what the rule asks and why, how hard it bites and which controls it serves.
// What several rules need is in lib.
package bundle

import "embed"

// FS holds the rules (*.rego) and their tests (*_test.rego).
//
//go:embed */*.rego
var FS embed.FS
