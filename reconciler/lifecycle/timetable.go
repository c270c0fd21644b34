package lifecycle

import (
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

// Timetable says when the scheduled reviews run. The schedule only wakes: what is
// due at a run follows from the ledger and the clock, so a run that was slept
// through, skipped because its hour did not exist, or begun twice changes nothing
// but the moment.
type Timetable struct {
	schedule wallSchedule
	zone     *time.Location
	now      time.Time
	// run is the newest run that has come: what had to happen by then is due.
	run time.Time
}

const (
	// maxQuiet is how long an app is left alone at the most.
	maxQuiet = 366 * 24 * time.Hour
	// farthest is how far apart two runs may lie: those of a 29 February.
	farthest = 9 * maxQuiet
)

// NewTimetable reads the catalog's schedule, a cron expression of five fields or
// a word such as @daily, in the catalog's zone.
func NewTimetable(s *settings.Settings, now time.Time) (Timetable, error) {
	t := Timetable{zone: s.Location(), now: now}
	plain, err := scalar.ReadCron(s.Lifecycle.Schedule)
	if err != nil && strings.HasPrefix(strings.TrimSpace(s.Lifecycle.Schedule), "@every ") {
		plain, err = "@daily", nil // counted from nowhere; a problem says so, and what runs is reviewed meanwhile
	}
	if err != nil {
		return t, fmt.Errorf("the schedule %q of the scheduled reviews %w; write it as in \"0 9 * * *\"", s.Lifecycle.Schedule, err)
	}
	schedule, err := newWallSchedule(plain, t.zone)
	if err != nil {
		return t, fmt.Errorf("read the schedule %q of the scheduled reviews: %w; write it as in \"0 9 * * *\"", s.Lifecycle.Schedule, err)
	}
	t.schedule = schedule
	if t.run = t.newest(now.Add(time.Nanosecond)); t.run.IsZero() {
		return t, fmt.Errorf("the schedule %q of the scheduled reviews has no run within %d years", s.Lifecycle.Schedule, farthest/maxQuiet)
	}
	return t, nil
}

// Run is the newest run that has come.
func (t Timetable) Run() time.Time { return t.run }

// Now is the moment it is of.
func (t Timetable) Now() time.Time { return t.now }

// newest is the last run before an instant; zero where there is none for years.
func (t Timetable) newest(before time.Time) time.Time {
	for back := time.Hour; back < 2*farthest; back *= 2 {
		run := t.schedule.Next(before.Add(-min(back, farthest)))
		if run.IsZero() || !run.Before(before) {
			continue
		}
		for {
			next := t.schedule.Next(run)
			if next.IsZero() || !next.Before(before) {
				return run
			}
			run = next
		}
	}
	return time.Time{}
}

// at is the first run that is not before an instant.
func (t Timetable) at(instant time.Time) time.Time {
	return t.schedule.Next(instant.Add(-time.Nanosecond))
}

// Next is the first run that has not come yet.
func (t Timetable) Next() time.Time { return t.schedule.Next(t.now) }

// after adds a span to the day of an instant: whole days are days of the calendar,
// which may have 23 or 25 hours, and end at midnight in the catalog's zone.
func (t Timetable) after(from time.Time, span catalog.Duration) time.Time {
	days := int(span) / 86400
	if days == 0 {
		return from.Add(span.Std())
	}
	rest := span - scalar.Days(days)
	return scalar.DateOf(from, t.zone).AddDays(days).Start(t.zone).Add(rest.Std())
}

// before is the midnight a span before an instant, or simply that much before it
// where the span is shorter than a day.
func (t Timetable) before(end time.Time, span catalog.Duration) time.Time {
	days := int(span) / 86400
	if days == 0 {
		return end.Add(-span.Std())
	}
	rest := span - scalar.Days(days)
	return scalar.DateOf(end, t.zone).AddDays(-days).Start(t.zone).Add(-rest.Std())
}

// Day is a date as people read it.
func (t Timetable) Day(at time.Time) string { return at.In(t.zone).Format("2 January 2006") }

// until is a coming day as people read it, with how far off it is.
func (t Timetable) until(at time.Time) string {
	today, days := scalar.DateOf(t.now, t.zone), 0
	for day := today; day < scalar.DateOf(at, t.zone) && days < 1000; day = day.AddDays(1) {
		days++
	}
	switch days {
	case 0:
		return "today, " + t.Day(at)
	case 1:
		return "tomorrow, " + t.Day(at)
	}
	return fmt.Sprintf("in %d days, on %s", days, t.Day(at))
}

// ruleSchedule is the rule of the program itself that is about the schedule.
const ruleSchedule = "catalog.schedule"

// ProgramRules lists the rules of this package, by id.
var ProgramRules = []catalog.ProgramRule{
	{ID: ruleSchedule, Title: "Scheduled reviews come to run", About: "spec.lifecycle.schedule of catalog.yaml",
		Description: "The times of scheduled reviews are read as a cron expression. Times that never come would let every app live for ever."},
}

// ScheduleProblem is what is wrong with a catalog's schedule; nil if nothing is.
func ScheduleProblem(s *catalog.Snapshot, now time.Time) *catalog.Problem {
	settings := s.Settings()
	if settings == nil {
		return nil
	}
	_, err := scalar.ReadCron(settings.Lifecycle.Schedule)
	if err != nil {
		err = fmt.Errorf("the schedule `%s` %w", settings.Lifecycle.Schedule, err)
	} else {
		_, err = NewTimetable(settings, now)
	}
	if err != nil {
		const field = "spec.lifecycle.schedule"
		at := s.Document("catalog.yaml").Locate(field)[0]
		return &catalog.Problem{
			Rule: ruleSchedule, Level: catalog.Deny, Path: "catalog.yaml", Field: field, Line: at.Line, Column: at.Column, Controls: []string{},
			Message: "The scheduled reviews cannot be planned: " + err.Error() + ".", Remedy: "Write minute, hour, day, month and weekday, as in `0 9 * * *`.",
		}
	}
	return nil
}
