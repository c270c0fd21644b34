// Package check judges a catalog by itself, without a ledger, a forge or a target: what
// `levee check` says before anybody asks for anything. It writes nothing.
//
//	proposed catalog, base → rules: tried, or those of the base (check.go)
//	apps, or those that differ from the base → briefs → decisions (apps.go)
//	governance: who has to approve what changes, what is wrong in its files (governance.go)
//	blueprints and what apps become by them, for every kind of target (render.go)
//	secrets: in the files looked at (secrets.go), in all that ever was (pastsecrets.go, history)
//	two catalogs, each by its own rules → what differs: see package impact (impact.go, comparing.go)
//	results: what others follow from is told once, and first (following.go)
package check
