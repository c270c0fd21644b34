// Package policies makes decisions.
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
// folder; package rego compiles them and finds what they say of an input. What that means is
// told here: waivers and settings, risk and gates, the counting of approvals, grace for what
// runs, the verdict. Rules that are only proposed are tried in a child process (Trial).
package policies
