package scalar

import (
	"strings"
	"testing"
)

func TestReadCron(t *testing.T) {
	for text, want := range map[string]string{
		"0 9 * * *":             "0 9 * * *",
		"  0   9 * * * ":        "0 9 * * *",
		"*/15 8-18 * * mon-fri": "*/15 8-18 * * 1,2,3,4,5",
		"0 7 * * 7":             "0 7 * * 0",
		"0 7 * * 5-7":           "0 7 * * 0,5,6",
		"0 7 * * sat-sun":       "0 7 * * 0,6",
		"0 7 * * */2":           "0 7 * * */2",
		"0 0 29 2 *":            "0 0 29 2 *",
		"0 0 30 jan,FEB ?":      "0 0 30 1,2 ?",
		"0 0 31 2 mon":          "0 0 31 2 1", // runs on Mondays
		"5/20 * * * *":          "5/20 * * * *",
		"@weekly":               "@weekly",
	} {
		if got, err := ReadCron(text); err != nil || got != want {
			t.Errorf("ReadCron(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"every monday at 9":            "has 4 parts",
		"every monday at 9 am":         "has `every` as its minute",
		"":                             "has 0 parts",
		"0 0 9 * * *":                  "has six parts",
		"60 * * * *":                   "has `60` as its minute, which must be 0 to 59",
		"* 24 * * *":                   "hour",
		"* * 0 * *":                    "day",
		"* * * 13 *":                   "month",
		"* * * * 8":                    "weekday",
		"0 9 * * funday":               "sun, mon",
		"0 0 30 2 *":                   "never come: day `30` of month `2`",
		"0 0 31 4,6,9,11 *":            "never come",
		"0 0 31 feb *":                 "never come",
		"30-10 * * * *":                "begins after it ends",
		"*/0 * * * *":                  "steps",
		"0 9 L * *":                    "has `L` as its day",
		"0 9 * * 5#3":                  "has `5#3` as its weekday",
		"@every 24h":                   "counts from whenever",
		"@fortnightly":                 "there are @yearly",
		"CRON_TZ=Asia/Tokyo 0 9 * * *": "time zone",
		"-1 * * * *":                   "minute",
		"1, * * * *":                   "minute",
		"٣ * * * *":                    "minute",
	} {
		if got, err := ReadCron(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("ReadCron(%q) = %q, %v; want %q", text, got, err, says)
		}
	}
}
