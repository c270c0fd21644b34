// Package reconciler runs the loops of Levee over one catalog. Four files tell them:
//
//	change.go    a change: facts → snapshots → decisions → records → verdict, mentions, landing
//	apply.go     the catalog: what landed, what differs → records, claims → effects
//	schedule.go  time: reasons, stages, caps → transitions, notices
//	run.go       when each of them is made, and side by side with what
//
// What they call lies along the data. A session is one look at ledger and repository, and
// what is recorded upon it. A judge asks the rules, and says what follows. identity tells
// who somebody is, comment writes what they read, lifecycle what is announced, render what
// targets are given. What takes long runs beside them as jobs of a work.Pool; what came of
// it is told to the next pass.
//
// The lock session.Source.Writing is held while records are worked out from a view and
// pushed, by passes over the catalog and by nobody else for longer. Reviews of changes
// record through Session.Record, and containment holds no lock at all.
//
// Everything is safe to kill at any instruction and to repeat: nothing is done before the
// claim to it has landed, and what was done and not recorded is observed first.
package reconciler
