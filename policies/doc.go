// Package policies decides. It is the only place that evaluates rules and the
// only code that imports OPA.
//
// A decision is made in two moves. NewBrief gathers everything that bears on one
// subject (an app, or governance as a whole) from the snapshots and facts into
// one value that can be written down: the input that rules see, who holds which
// role, the approvals given, the moment. RuleSet.Decide turns a brief into a
// Decision and looks at nothing else, so that the same brief and the same rules
// give the same bytes today, in a replay years later, and on any machine. The
// pull-request check, the check of what landed, the reconciler, the scheduled
// reviews, the command line, the impact preview and the audit replay all take
// these two moves.
//
// Rules come from two places: the embedded library (package bundle) and the
// catalog's own policies/ folder. An Engine compiles them once per governing
// snapshot and remembers what each rule found for each input, so a rule is
// evaluated again only when it, its settings or its input changed.
package policies
