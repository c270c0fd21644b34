package lifecycle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
)

func settingsAt(zone, schedule string) *settings.Settings {
	return &settings.Settings{TimeZone: catalog.Zone(zone), Lifecycle: settings.Lifecycle{
		Schedule: schedule, TTL: scalar.Days(90), PrototypeTTL: scalar.Days(30), Grace: scalar.Days(7),
		Notices: []catalog.Duration{scalar.Days(30), scalar.Days(7), scalar.Days(1)},
	}}
}

// TestTimetable: the newest run that has come, whatever the clock does around it.
func TestTimetable(t *testing.T) {
	utc := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, c := range map[string]struct{ zone, schedule, now, run, next string }{
		"before the first of the day":     {"UTC", "0 9 * * *", "2026-06-02T08:59:59Z", "2026-06-01T09:00:00Z", "2026-06-02T09:00:00Z"},
		"at the run":                      {"UTC", "0 9 * * *", "2026-06-02T09:00:00Z", "2026-06-02T09:00:00Z", "2026-06-03T09:00:00Z"},
		"in a zone":                       {"Europe/Berlin", "0 9 * * *", "2026-06-02T07:30:00Z", "2026-06-02T07:00:00Z", "2026-06-03T07:00:00Z"},
		"the day that lacks an hour":      {"Europe/Berlin", "0 9 * * *", "2026-03-29T12:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"},
		"the hour that is lacking":        {"Europe/Berlin", "30 2 * * *", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		"a minute before that hour":       {"Europe/Berlin", "30 2 * * 0", "2026-03-29T00:59:00Z", "2026-03-22T01:30:00Z", "2026-03-29T01:00:00Z"},
		"every minute around that hour":   {"Europe/Berlin", "* * * * *", "2026-03-29T01:00:30Z", "2026-03-29T01:00:00Z", "2026-03-29T01:01:00Z"},
		"a night without a midnight":      {"Africa/Cairo", "@daily", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		"a day that there never was":      {"Pacific/Apia", "0 9 * * 5", "2011-12-31T12:00:00Z", "2011-12-30T10:00:00Z", "2012-01-05T19:00:00Z"},
		"the hour that comes twice":       {"Europe/Berlin", "30 2 * * *", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		"between the two":                 {"Europe/Berlin", "30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		"working days, seen on a Sunday":  {"UTC", "0 9 * * 1-5", "2026-06-07T10:00:00Z", "2026-06-05T09:00:00Z", "2026-06-08T09:00:00Z"},
		"once a year":                     {"UTC", "0 9 1 1 *", "2026-12-31T10:00:00Z", "2026-01-01T09:00:00Z", "2027-01-01T09:00:00Z"},
		"on the day that leap years have": {"UTC", "0 9 29 2 *", "2026-06-02T08:59:59Z", "2024-02-29T09:00:00Z", "2028-02-29T09:00:00Z"},
		"on the last day of long months":  {"UTC", "0 9 31 * *", "2026-06-02T08:59:59Z", "2026-05-31T09:00:00Z", "2026-07-31T09:00:00Z"},
		"every minute":                    {"UTC", "* * * * *", "2026-06-02T08:59:59Z", "2026-06-02T08:59:00Z", "2026-06-02T09:00:00Z"},
		"the word for once a day":         {"UTC", "@daily", "2026-06-02T08:59:59Z", "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z"},
		"Sunday as the seventh day":       {"UTC", "0 9 * * 7", "2026-06-08T10:00:00Z", "2026-06-07T09:00:00Z", "2026-06-14T09:00:00Z"},
		"days by name":                    {"UTC", "0 9 * * fri-sun", "2026-06-08T10:00:00Z", "2026-06-07T09:00:00Z", "2026-06-12T09:00:00Z"},
		"counted from nowhere":            {"UTC", "@every 6h", "2026-06-02T08:59:59Z", "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z"},
		"half an hour off the full hours": {"Asia/Kolkata", "0 9 * * *", "2026-06-02T03:30:00Z", "2026-06-02T03:30:00Z", "2026-06-03T03:30:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := NewTimetable(settingsAt(c.zone, c.schedule), utc(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if !table.run.Equal(utc(c.run)) || !table.Next().Equal(utc(c.next)) {
				t.Errorf("run %s, next %s; want %s and %s", table.run.UTC(), table.Next().UTC(), c.run, c.next)
			}
		})
	}
	for _, schedule := range []string{"", "nine", "61 9 * * *", "0 9 * *", "0 9 31 2 *", "0 9 * * * *"} {
		if table, err := NewTimetable(settingsAt("UTC", schedule), utc("2026-06-02T00:00:00Z")); err == nil {
			t.Errorf("%q runs at %s", schedule, table.run)
		}
	}
}

// TestSpans: days are those of the calendar, and hours are hours.
func TestSpans(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	table := Timetable{zone: berlin}
	at := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		from  string
		span  catalog.Duration
		after string
	}{
		{"2026-03-28 09:00", scalar.Days(2), "2026-03-30 00:00"},
		{"2026-03-28 00:00", scalar.Days(2), "2026-03-30 00:00"},
		{"2026-10-24 23:59", scalar.Days(7), "2026-10-31 00:00"},
		{"2026-06-01 09:00", 3600, "2026-06-01 10:00"},
		{"2026-06-01 09:00", scalar.Days(1) + 7200, "2026-06-02 02:00"},
		{"2026-06-01 09:00", 0, "2026-06-01 09:00"},
	} {
		if got := table.after(at(c.from), c.span); !got.Equal(at(c.after)) {
			t.Errorf("%s after %s is %s, want %s", c.span, c.from, got, c.after)
		}
	}
	if got := table.before(at("2026-04-04 00:00"), scalar.Days(7)); !got.Equal(at("2026-03-28 00:00")) {
		t.Errorf("seven days before are %s", got)
	}
}

// TestScheduleProblem checks what is said of schedules that cannot be kept.
func TestScheduleProblem(t *testing.T) {
	for schedule, says := range map[string]string{
		"0 9 * * *":  "",
		"0 9 * * 7":  "",
		"@every 24h": "counts from whenever",
		"0 9 31 2 *": "never come",
		"0 9 * *":    "has 4 parts",
		"0 9 29 2 *": "",
		"0 9 30 2 *": "never come",
	} {
		source := "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: Etc/UTC, environments: [{name: production}], lifecycle: {schedule: \"" + schedule + "\"}}\n"
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "catalog.yaml"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := folder.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := catalog.Load(t.Context(), files, "", catalog.Empty())
		if err != nil {
			t.Fatal(err)
		}
		p := ScheduleProblem(s, time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC))
		if (p == nil) != (says == "") || p != nil && !strings.Contains(p.Message, says) {
			t.Errorf("%q: %+v, want %q", schedule, p, says)
		}
	}
}
