package slack

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/levee-gitops/levee/notifier"
)

func TestEscaped(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 10, ""},
		{"plain", 5, "plain"},
		{"plainer", 5, "plai…"},
		{"a&b", 7, "a&amp;b"},
		{"a&b", 6, "a…"},
		{"<!channel>", 20, "&lt;!channel&gt;"},
		{"<!channel>", 15, "&lt;!channel…"},
		{"&amp;", 20, "&amp;amp;"},
		{"<<<<", 9, "&lt;&lt;…"},
		{"👋👋👋", 6, "👋👋👋"},
		{"👋👋👋", 5, "👋👋…"},
		{"e\u0301e\u0301", 4, "e\u0301e\u0301"},
	} {
		if got := escape(c.in, c.limit, "…"); got != c.want {
			t.Errorf("escaped(%q, %d) is %q, not %q", c.in, c.limit, got, c.want)
		}
	}
	if got, want := escapeText(" <a>\r\n"+strings.Repeat("x", 5000), 100), "&lt;a&gt;\n"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "x"+tail) {
		t.Errorf("%q", got)
	}
}

// FuzzEscaped: an escaped text has no markup, fits the limit, is valid UTF-8, and decodes to
// the original or its beginning.
func FuzzEscaped(f *testing.F) {
	for _, s := range []string{"", "hello", "<!channel> & <@U1>", "&lt;", "\xff\xfe<", "👋🏽<&>", "a\x00b\u202ec", strings.Repeat("<&>é👋", 40)} {
		f.Add(s, uint16(20))
		f.Add(s, uint16(150))
	}
	f.Fuzz(func(t *testing.T, s string, limit uint16) {
		limit = max(limit, 1)
		for _, part := range []struct{ sent, meant string }{
			{escapeLine(s, int(limit)), notifier.Line(s)},
			{escape(notifier.Plain(s), int(limit), "…"), notifier.Plain(s)},
		} {
			if n := len(utf16.Encode([]rune(part.sent))); n > int(limit) || !utf8.ValidString(part.sent) {
				t.Fatalf("%q has %d units and should have %d, valid: %t", part.sent, n, limit, utf8.ValidString(part.sent))
			}
			bare := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(part.sent)
			if strings.ContainsAny(bare, "<>&") {
				t.Fatalf("%q has markup", part.sent)
			}
			read := strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(part.sent)
			if begin, cut := strings.CutSuffix(read, "…"); read != part.meant && (!cut || !strings.HasPrefix(part.meant, begin)) {
				t.Fatalf("%q is read as %q", part.meant, read)
			}
		}
	})
}
