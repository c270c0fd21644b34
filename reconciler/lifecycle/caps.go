package lifecycle

import "time"

// Candidate is an app whose time is up.
type Candidate struct {
	Review *Review
	Reason Reason
}

// Within bounds how many apps are taken down: in one run, and within any 24 hours, of
// which disabled are the moments. Over the cap nothing of the batch is, because half of a
// batch that nobody looked at is no safer than all of it; people are asked. What they
// approved goes down whatever the caps say. Zero means zero.
func Within(c Catalog, t Timetable, disabled []time.Time, batch []Candidate) (allowed, over []Candidate) {
	var rest []Candidate
	for _, x := range batch {
		if c.Governing.Retires(x.Review.Name(), string(x.Reason.Epoch)) {
			allowed = append(allowed, x)
		} else {
			rest = append(rest, x)
		}
	}
	run := countSince(disabled, t.run) + len(rest)
	day := countSince(disabled, t.now.Add(-24*time.Hour)) + len(rest)
	caps := c.Settings.Lifecycle.Caps
	if len(rest) > 0 && (run > caps.Run() || day > caps.Day()) {
		return allowed, rest
	}
	return append(allowed, rest...), nil
}

func countSince(list []time.Time, since time.Time) int {
	n := 0
	for _, at := range list {
		if !at.Before(since) {
			n++
		}
	}
	return n
}
