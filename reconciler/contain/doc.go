// Package contain stops an app at once wherever it runs, and lets it run again. Each target
// first writes a mark into its own inventory, then cuts; only then is it recorded. It waits
// for nobody: no lock, no forge, and no target for another.
//
//	hold.go     the two ways to hold an app back: a containment stops it, a throttle has it run
//	            on with less; the first is the stricter
//	contain.go  people contain and throttle; a rule contains
//	release.go  people end a containment, and what is left then, a throttle
//	drill.go    contain, see the cut, release, see it run again: a kill switch is proved
//	align.go    marks and ledger are made to agree, the stricter winning
package contain
