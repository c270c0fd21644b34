// Package policies evaluates rules and makes decisions. It is the only package that
// imports OPA.
//
// A decision takes two steps. NewBrief collects the input of a decision on one subject (an
// app, or governance as a whole) from the snapshots and facts into one value that can be
// recorded: the input of the rules, who holds which role, the approvals given, the time.
// RuleSet.Decide makes a Decision from a brief and reads nothing else, so that the same
// brief and the same rules give the same bytes at any time and on any machine. The
// pull-request check, the check of what landed, the reconciler, the scheduled reviews, the
// command line, the impact preview and the audit replay all use these two.
//
// Rules come from the embedded library (package bundle) and from the catalog's policies/
// folder. An Engine compiles them once for each governing snapshot, and caches the findings
// of each rule by the parts of the input that it depends on.
package policies
