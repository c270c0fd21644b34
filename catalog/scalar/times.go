package scalar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Lengths of time, days and moments as manifests write them.

// Duration is a length of time in whole seconds; a day is 24 hours.
type Duration int64

// Days is the duration of n days.
func Days(n int) Duration { return Duration(n) * 86400 }

// Std returns d as the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) * time.Second }

// String writes d in the largest unit that divides it: "90d", "36h".
func (d Duration) String() string {
	for _, unit := range durationUnits {
		if d != 0 && int64(d)%unit.seconds == 0 {
			return strconv.FormatInt(int64(d)/unit.seconds, 10) + unit.suffix
		}
	}
	return "0s"
}

var durationUnits = []struct {
	suffix  string
	seconds int64
}{{"w", 7 * 86400}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}

// MaxDuration is a hundred years: longer is a slip of the finger, and sums of
// such spans must stay far from overflow.
const MaxDuration = 100 * 365 * 86400

// ParseDuration reads a length of time as manifests write it: 45s, 60m, 12h, 90d.
func ParseDuration(text string) (Duration, error) {
	var d Duration
	if err := d.Parse(text); err != nil {
		return 0, fmt.Errorf("%q is not %w", text, err)
	}
	return d, nil
}

func (d *Duration) Parse(text string) error {
	const want = wanted("a length of time such as 45s, 60m, 12h or 90d")
	for _, unit := range durationUnits {
		digits, ok := strings.CutSuffix(text, unit.suffix)
		if !ok || digits == "" {
			continue
		}
		n, ok := Decimal(digits, 0)
		if !ok || n > MaxDuration/unit.seconds {
			return want
		}
		*d = Duration(n * unit.seconds)
		return nil
	}
	return want
}
func (d *Duration) Canonical() any { return float64(*d) }
func (d *Duration) Shape() Shape {
	var forms []string
	for _, unit := range durationUnits {
		forms = append(forms, upTo(MaxDuration/unit.seconds)+unit.suffix)
	}
	return text("^0*("+strings.Join(forms, "|")+")$", "90d")
}

// Millis is a short length of time in milliseconds, for service levels.
type Millis int64

func (m *Millis) Parse(text string) error {
	const want = wanted("a short time such as 500ms or 2s")
	factor := int64(1)
	digits, ok := strings.CutSuffix(text, "ms")
	if !ok {
		digits, ok = strings.CutSuffix(text, "s")
		factor = 1000
	}
	n, valid := Decimal(digits, 0)
	if !ok || !valid || n == 0 || n >= 1e9 {
		return want
	}
	*m = Millis(n * factor)
	return nil
}
func (m *Millis) Canonical() any { return float64(*m) }
func (m *Millis) Shape() Shape   { return text("^"+someOf(9, "", "")+"(ms|s)$", "500ms") }

// Date is a day of the calendar, without a zone: which instant it begins at is
// for the catalog's time zone to say. Dates compare as strings do.
type Date string

const datePattern = `^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}$`

func (d *Date) Parse(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 {
		return wanted("a date such as 2026-01-10")
	}
	*d = Date(text)
	return nil
}
func (d *Date) Canonical() any { return string(*d) }
func (d *Date) Shape() Shape {
	return Shape{Types: []string{"string"}, Pattern: datePattern, Example: "2026-01-10", Format: "date"}
}

// DateOf is the day that now falls on in a zone.
func DateOf(now time.Time, zone *time.Location) Date {
	return Date(now.In(zone).Format(time.DateOnly))
}

// AddDays returns the date n days later; d must be valid.
func (d Date) AddDays(n int) Date {
	day, _ := time.Parse(time.DateOnly, string(d))
	return Date(day.AddDate(0, 0, n).Format(time.DateOnly))
}

// Start is the first instant of the day in a zone. On the rare day that begins
// without a midnight, it is the instant the clock jumps to.
func (d Date) Start(zone *time.Location) time.Time {
	day, _ := time.Parse(time.DateOnly, string(d))
	start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	if start.Day() != day.Day() { // the hour was skipped backwards over midnight
		start = start.Add(time.Hour)
	}
	return start
}

// End is the first instant after the day in a zone: what expires on a day holds
// until then.
func (d Date) End(zone *time.Location) time.Time { return d.AddDays(1).Start(zone) }

// Instant is a moment, written with its zone (RFC 3339) and kept in UTC.
type Instant string

// Time returns the moment; i must be valid.
func (i Instant) Time() time.Time {
	at, _ := time.Parse(time.RFC3339, string(i))
	return at
}

func (i *Instant) Parse(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return wanted("a moment with its zone, such as 2026-01-10T18:00:00Z")
	}
	*i = Instant(at.UTC().Format(time.RFC3339))
	return nil
}
func (i *Instant) Canonical() any { return string(*i) }
func (i *Instant) Shape() Shape {
	return Shape{
		Types: []string{"string"}, Example: "2026-01-10T18:00:00Z", Format: "date-time",
		Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})$`,
	}
}

// Zone is the name of a time zone of the IANA database.
type Zone string

func (z *Zone) Parse(text string) error {
	if text == "Local" || text == "" {
		return wanted("the name of a time zone, such as Europe/Berlin")
	}
	if _, err := time.LoadLocation(text); err != nil {
		return wanted("the name of a time zone, such as Europe/Berlin")
	}
	*z = Zone(text)
	return nil
}
func (z *Zone) Canonical() any { return string(*z) }
func (z *Zone) Shape() Shape   { return text(`^[A-Za-z0-9_+/-]+$`, "Europe/Berlin") }
