package lifecycle

import (
	"time"

	"github.com/robfig/cron/v3"
)

// wallSchedule runs when a clock on the wall of a zone says what a cron expression
// names, once each time. What falls into the hour that a spring night lacks runs when
// that hour would be over; what falls into the hour that comes twice runs the first
// time.
type wallSchedule struct {
	wall cron.Schedule // of times whose zone is UTC and whose hands are those of the wall
	zone *time.Location
}

func newWallSchedule(expression string, zone *time.Location) (wallSchedule, error) {
	s, err := cron.ParseStandard("CRON_TZ=UTC " + expression)
	return wallSchedule{s, zone}, err
}

// Next is the first run after an instant; zero for none within some years.
func (s wallSchedule) Next(after time.Time) time.Time {
	for wall := s.wall.Next(wallTime(after.In(s.zone)).Add(-time.Second)); !wall.IsZero(); wall = s.wall.Next(wall) {
		if at := s.instant(wall); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// instant is the first moment at which the clock on the wall shows a time or, where it
// never does, jumps over it.
func (s wallSchedule) instant(wall time.Time) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, s.zone)
	shown := wallTime(at)
	begins, ends := at.ZoneBounds()
	switch {
	case shown.After(wall): // it lies behind the jump
		return begins
	case shown.Before(wall): // it lies before it
		return ends
	}
	if earlier := at.Add(-shift(begins)); !begins.IsZero() && earlier.Before(begins) && wallTime(earlier).Equal(wall) {
		return earlier
	}
	return at
}

// shift is how far the clock is put back at the beginning of a zone's period.
func shift(begins time.Time) time.Duration {
	_, before := begins.Add(-time.Second).Zone()
	_, now := begins.Zone()
	return time.Duration(before-now) * time.Second
}

// wallTime is what the clock shows, as a time in UTC.
func wallTime(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
}
