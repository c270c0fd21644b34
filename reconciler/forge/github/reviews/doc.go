// Package reviews tells what the reviews of a pull request say, and which of them are witnessed.
//
//	reviews as they were when they were submitted (captures.go)
//	the reviews that GitHub shows → verdicts, each with the commit that it is for (reviews.go); whether
//	the head moved since, by the timeline (timeline.go)
//	→ those that their givers confirmed (confirm.go)
package reviews
