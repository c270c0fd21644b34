// Package lifecycle works out when the time of an app ends, what is announced before, and
// what follows. It is pure: it is given what is admitted of an app, what was recorded of
// it and a moment, and asks nobody. The reconciler records what it answers, the forecast
// plays the same functions ahead, so both give the same day.
//
//	settings, now → Timetable: the runs of the scheduled reviews (timetable.go, wallclock.go)
//	what is admitted, the decision on what runs, who is gone → Reasons (reason.go)
//	Reasons, stage, what was announced → Review.Outcome: the next stage, what is to be
//	  announced (reminder.go), the moments of stages (deadline.go), when to look again (review.go)
//	Announcement → Notices: to whom (recipient.go), who was told before (history.go), in which
//	  words (wording.go, notice.go)
//	apps that may go down → Within: how many at once (caps.go)
//	all of it, run after run → Forecast (forecast.go)
//
// An app moves at most one stage at a time, and only in a run:
//
//	stage     | condition                                            | next
//	----------+------------------------------------------------------+---------
//	any       | what runs could not be judged                        | stays
//	any but active | the reason of its stage is gone                 | active
//	active    | a reason is announced for the first time, or over    | expiring
//	expiring  | its time is over, and somebody was told 20 h before  | due
//	due       | its grace is over, the final notice was given 20 h   | disabled
//	          | before and holds, nothing holds it, caps allow it    |
//	disabled  | its reason is gone, or somebody releases it          | active
//
// An owner's own wish to retire needs no 20 hours before it is due.
package lifecycle
