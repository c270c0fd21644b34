package lifecycle_test

import (
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
)

func TestFrozenAt(t *testing.T) {
	weekends := settings.Freeze{Name: "weekends", Begins: "0 18 * * 5", Lasts: 62 * 3600} // until Monday, 8:00
	yearEnd := settings.Freeze{Name: "year-end", From: "2026-12-18", Until: "2027-01-03"}
	secret := settings.Freeze{Name: "secret", From: "2026-03-02", Until: "2026-03-02", Classifications: []string{"restricted"}}
	odd := settings.Freeze{Name: "odd", Begins: "never", Lasts: 3600}
	for name, c := range map[string]struct {
		freezes []settings.Freeze
		class   string
		at      string // in Berlin
		until   string
		by      catalog.Name
	}{
		"none":                           {nil, "internal", "2026-03-06 19:00", "", ""},
		"before":                         {[]settings.Freeze{weekends}, "internal", "2026-03-06 17:59", "", ""},
		"as it begins":                   {[]settings.Freeze{weekends}, "internal", "2026-03-06 18:00", "2026-03-09 08:00", "weekends"},
		"as it is about to end":          {[]settings.Freeze{weekends}, "internal", "2026-03-09 07:59", "2026-03-09 08:00", "weekends"},
		"as it ends":                     {[]settings.Freeze{weekends}, "internal", "2026-03-09 08:00", "", ""},
		"over the clock's change":        {[]settings.Freeze{weekends}, "internal", "2026-03-28 12:00", "2026-03-30 09:00", "weekends"}, // 62 hours, of which one was left out
		"the first day":                  {[]settings.Freeze{yearEnd}, "internal", "2026-12-18 00:00", "2027-01-04 00:00", "year-end"},
		"the last day":                   {[]settings.Freeze{yearEnd}, "internal", "2027-01-03 23:59", "2027-01-04 00:00", "year-end"},
		"days, before":                   {[]settings.Freeze{yearEnd}, "internal", "2026-12-17 23:59", "", ""},
		"one after the other":            {[]settings.Freeze{weekends, yearEnd}, "internal", "2026-12-20 12:00", "2027-01-04 08:00", "weekends"},
		"for other apps":                 {[]settings.Freeze{secret}, "internal", "2026-03-02 12:00", "", ""},
		"for these apps":                 {[]settings.Freeze{secret}, "restricted", "2026-03-02 12:00", "2026-03-03 00:00", "secret"},
		"what cannot be read is one too": {[]settings.Freeze{odd}, "internal", "2026-03-02 12:00", "", "odd"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &settings.Settings{TimeZone: "Europe/Berlin"}
			moment := func(text string) time.Time {
				at, err := time.ParseInLocation("2006-01-02 15:04", text, s.Location())
				if err != nil {
					t.Fatal(err)
				}
				return at
			}
			got := lifecycle.FrozenAt(s, settings.Environment{Freezes: c.freezes}, c.class, moment(c.at))
			switch {
			case got.By != c.by:
				t.Errorf("it is frozen by %q, not by %q", got.By, c.by)
			case c.until != "" && !got.Until.Equal(moment(c.until)):
				t.Errorf("it is frozen until %s, not %s", got.Until.In(s.Location()), c.until)
			case c.until == "" && c.by == "" && !got.Until.IsZero(), c.by != "" && got.Until.IsZero():
				t.Errorf("it is frozen until %s", got.Until)
			}
		})
	}
}
