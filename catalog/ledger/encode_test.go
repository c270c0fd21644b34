package ledger

import (
	"strings"
	"testing"
	"time"
)

// TestDecode covers what must not be read.
func TestDecode(t *testing.T) {
	good := `{"at":"2026-04-01T09:00:00Z","body":{"message":"x","what":"bypass"},"engine":"","kind":"incident","prev":"","seq":1,"subject":"a"}` + "\n"
	if _, _, err := ReadRecord([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"a space":         {`"seq":1`, `"seq": 1`},
		"another order":   {`"message":"x","what":"bypass"`, `"what":"bypass","message":"x"`},
		"no newline":      {"}\n", "}"},
		"two":             {"}\n", "}\n{}"},
		"an extra field":  {`"engine":""`, `"engine":"","extra":1`},
		"a field twice":   {`"engine":""`, `"engine":"","engine":""`},
		"another case":    {`"engine":""`, `"Engine":""`},
		"an extra in it":  {`"message":"x"`, `"extra":1,"message":"x"`},
		"a number as 1.0": {`"seq":1`, `"seq":1.0`},
		"an offset":       {"09:00:00Z", "11:00:00+02:00"},
		"microseconds":    {"09:00:00Z", "09:00:00.000001Z"},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing to replace", name)
		}
		if r, _, err := ReadRecord([]byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", name, r)
		}
	}
	if _, err := Encode(strings.Repeat("x", MaxFile)); err == nil {
		t.Error("a file of any size is written")
	}
	if got := Moment(time.Date(2026, 4, 1, 9, 0, 0, 1234567, time.FixedZone("", 3600))); got.Format(time.RFC3339Nano) != "2026-04-01T08:00:00.001Z" {
		t.Errorf("a time is cut to %s", got)
	}
}
