package notifiertest

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/levee-gitops/levee/notifier"
)

// enough is the most characters that a message may show.
const enough = 40_000

// hostile are texts that try to be markup, mentions or control sequences. The literal part
// must be shown as it is written.
var hostile = []struct{ text, literal string }{
	{"<!channel> <!here> <!everyone>", "<!channel>"},
	{"<@U1> <#C1> <!subteam^S1>", "<@U1>"},
	{"@channel @here #general", "@channel"},
	{"<https://evil.example|your bank>", "<https://evil.example|your bank>"},
	{"[your bank](https://evil.example)", "[your bank](https://evil.example)"},
	{"*bold* _slanted_ ~gone~ `code` ```block``` > quote", "*bold* _slanted_ ~gone~ `code`"},
	{"&lt;!channel&gt; &amp;amp; &#60;", "&lt;!channel&gt; &amp;amp; &#60;"},
	{":rotating_light: :+1:", ":rotating_light:"},
	{"<b>b</b> {{.Secret}} ${HOME} $(id) %s", "<b>b</b>"},
	{`"}]},{"type":"divider"},{"`, `"}]},{"type":"divider"},{"`},
	{"nul \x00, escape \x1b[2J\x1b]0;title\a, \u009b31m", `\x1b[2J`},
	{"delete \x7f, backspace \b\b\b, soft\u00adhyphen", `\x08\x08\x08`},
	{"bidi \u202etxt.exe\u202c \u2066x\u2069", `\u202etxt.exe`},
	{"zero\u200bwidth \ufeff\u2060 \U000e0041 \u200f", `zero\u200bwidth`},
	{"broken \xff\xc3\x28", ""},
	{"emoji 👋🏽 and 世界 and e\u0301", "世界"},
}

// evil is a notice with a text in every part, between marks that name the part.
func (s *scene) evil(text string) notifier.Notice {
	mark := func(part string) string { return part + "[ " + text + " ]" + part }
	return notifier.Notice{
		Key: "evil", Recipient: s.Person, Title: mark("title"), Text: mark("text"),
		Facts:   []notifier.Fact{{Name: mark("name"), Value: mark("value")}},
		Actions: []notifier.Action{{Label: mark("label"), Command: mark("command")}},
	}
}

// inert checks that a message notifies nobody, has no invisible characters and is not too
// long.
func (s *scene) inert(m Shown) {
	s.Helper()
	if len(m.Calls) > 0 {
		s.Errorf("it rings for %q", m.Calls)
	}
	if n := utf8.RuneCountInString(m.Text); n > enough || !utf8.ValidString(m.Text) {
		s.Errorf("%d characters, valid: %t", n, utf8.ValidString(m.Text))
	}
	for _, c := range m.Text {
		if c != '\n' && c != '\u200c' && c != '\u200d' && (unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp)) {
			s.Fatalf("it shows a raw %U in %.200q", c, m.Text)
		}
	}
}

func staysInert(s *scene) {
	for i, c := range hostile {
		s.send(s.evil(c.text))
		m := s.shown(s.Person, i+1)[i]
		s.inert(m)
		if len(m.Links) > 0 {
			s.Errorf("%q made links: %q", c.text, m.Links)
		}
		for _, part := range []string{"title", "text", "name", "value", "label", "command"} {
			_, rest, _ := strings.Cut(m.Text, part+"[")
			inside, _, ok := strings.Cut(rest, "]"+part)
			if !ok || !strings.Contains(inside, c.literal) {
				s.Errorf("of %q the %s shows %q", c.text, part, inside)
			}
		}
	}
	n := s.evil("two\nlines\r\nor\rmore\u2028and\u2029more")
	s.send(n)
	m := s.shown(s.Person, len(hostile)+1)[len(hostile)]
	s.inert(m)
	for _, part := range []string{"title", "name", "value", "label", "command"} {
		_, rest, _ := strings.Cut(m.Text, part+"[")
		if inside, _, ok := strings.Cut(rest, "]"+part); !ok || strings.Contains(inside, "\n") {
			s.Errorf("the %s is not on one line: %q", part, inside)
		}
	}
}

func cutsLong(s *scene) {
	sent := 0
	for _, long := range []string{strings.Repeat("x", 100_000), strings.Repeat("<&>", 33_000), strings.Repeat("👋🏽 ", 20_000), strings.Repeat("\x00", 10_000)} {
		n := s.evil(long)
		for range 20 {
			n.Facts, n.Actions = append(n.Facts, n.Facts[0]), append(n.Actions, n.Actions[0])
		}
		s.send(n)
		m := s.shown(s.Person, sent+1)[sent]
		sent++
		s.inert(m)
		for _, part := range []string{"title", "text", "name", "value", "label", "command"} {
			if _, rest, ok := strings.Cut(m.Text, part+"["); !ok || !strings.Contains(rest, "…") {
				s.Errorf("the %s of %.6q was cut without a word", part, long)
			}
		}
	}
}

func linksSafely(s *scene) {
	places := []string{
		"javascript:alert(1)", "file:///etc/passwd", "slack://open", "//evil.example", "https://", "mailto:a@b.example",
		"https://good.example/?a=1&b=<2>|x", "https://user:word@evil.example/", "https://levee.example/\nx", "https://levee.example/\u202ex",
		"https://levee.example/" + strings.Repeat("x", 50_000), "https://x|<!channel>", "http://[::1", "",
	}
	for i, place := range places {
		n := s.notice("a", s.Person)
		n.Actions = []notifier.Action{{Label: "Go <!channel> there", URL: place}}
		s.send(n)
		m := s.shown(s.Person, i+1)[i]
		s.inert(m)
		s.reads(m, n)
		for _, link := range m.Links {
			if u, err := url.Parse(link); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(link) > 3000 {
				s.Errorf("%.80q made a link to %.80q: %v", place, link, err)
			}
		}
	}
}
