// Package reconciler runs the loops of Levee over one catalog:
//
//	queue.go     changes: those nudged, and those not at rest → review.Reviewer, side by side
//	pass.go      the catalog: what came of jobs, what landed, what differs → one push → jobs
//	apply.go     what differs: apps to look at → decisions, admissions, claims
//	schedule.go  time: reasons, stages, caps → transitions, notices
//	run.go       when each of them is made, and side by side with what
//	lead.go      who of several replicas makes them, and what the others do meanwhile
//
// What they call lies along the data:
//
//	session    one look at ledger and repository, and what is recorded upon it
//	judge      what governs is asked, and says what follows for an app
//	review     one open change; approval: what its reviews say; comment: what people read
//	landing    what landed is decided; propose: what is held is asked for
//	lifecycle  expiry reasons, stages, reminders
//	deploy     what is admitted goes into targets; render: as what; contain: what must not run
//	status     where apps stand, and what is due; rollback: back to what was admitted before
//	work       what takes long runs beside the passes; its agenda: which app is next
//	notice     who is told is claimed, sent and recorded; rollout: how far what landed has come
//	identity   who somebody is, and who contributed what
//	edge       what is put around forge, sender and targets; replay: what was decided, once more
//
// The lock session.Source.Writing is held while records are worked out from a view and
// pushed, by passes over the catalog and by nobody else. Reviews of changes record through
// Session.Record, and containment holds no lock at all.
//
// Tests of all this are told in a world, package reconcilertest.
//
// Everything is safe to kill at any instruction and to repeat: nothing is done before the
// claim to it has landed, and what was done and not recorded is observed first.
package reconciler
