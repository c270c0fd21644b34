// Package comment writes what people read of a change: a verdict beside it, mentions of
// those it waits for, and the same words for a terminal. It is pure: it asks nobody, and
// the same Page gives the same bytes.
//
//	Page: what was decided of each Subject, who is who, who can still approve
//	  → Verdict: what to fix (fix.go), what changes in meaning (changes.go, words.go),
//	    who has to agree and who can (people.go, stuck.go), what happens then (next.go)
//	  → Mentions: who is called, once, and why (mention.go)
//	  → Text, Meaning: as a terminal shows them (terminal.go)
//
// Text that others wrote goes through span or plain (inert.go), so that it can neither
// call anybody nor speak in Levee's name.
package comment
