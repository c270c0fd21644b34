package notifier_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, plain, line string }{
		{"", "", ""},
		{"Grüße, 世界 👋", "Grüße, 世界 👋", "Grüße, 世界 👋"},
		{" two\r\nlines\tand a tab ", " two\nlines\tand a tab ", "two lines and a tab"},
		{"red \x1b[31malert\x1b[0m\a", `red \x1b[31malert\x1b[0m\x07`, `red \x1b[31malert\x1b[0m\x07`},
		{"nul \x00 del \x7f csi \u009b", `nul \x00 del \x7f csi \x9b`, `nul \x00 del \x7f csi \x9b`},
		{"lone\rreturn", `lone\x0dreturn`, "lone return"},
		{"invoice\u202etxt.exe", `invoice\u202etxt.exe`, `invoice\u202etxt.exe`},
		{"pay\u200bpal \ufeffx\u2028y", `pay\u200bpal \ufeffx\u2028y`, `pay\u200bpal \ufeffx y`},
		{"tag \U000e0041", `tag \U000e0041`, `tag \U000e0041`},
		{"broken \xff\xfe", "broken \uFFFD", "broken \uFFFD"},
	} {
		if got := notifier.Plain(c.in); got != c.plain {
			t.Errorf("Plain(%q) is %q, not %q", c.in, got, c.plain)
		}
		if got := notifier.Line(c.in); got != c.line {
			t.Errorf("Line(%q) is %q, not %q", c.in, got, c.line)
		}
	}
}

func TestFit(t *testing.T) {
	one := func(rune) int { return 1 }
	bytes := func(c rune) int { return len(string(c)) }
	for _, c := range []struct {
		in    string
		limit int
		size  func(rune) int
		want  string
	}{
		{"", 0, one, ""},
		{"hello", 5, one, "hello"},
		{"hello!", 5, one, "hell…"},
		{"äöüß", 4, one, "äöüß"},
		{"äöüß!", 4, one, "äöü…"},
		{"äöüß", 7, bytes, "äö…"},
		{"two words", 5, one, "two…"},
		{"hello", 1, one, "…"},
		{strings.Repeat("x", 1000), 10, one, "xxxxxxxxx…"},
	} {
		if got := notifier.Fit(c.in, c.limit, "…", c.size); got != c.want {
			t.Errorf("Fit(%.20q, %d) is %q, not %q", c.in, c.limit, got, c.want)
		}
	}
}
