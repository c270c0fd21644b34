package console_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/console"
	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// A screen takes bytes one by one, as a slow terminal does, and fails when told to.
type screen struct {
	bytes.Buffer
	writes     int
	fail, lose bool
}

var errBroken = errors.New("the pipe is broken")

func (s *screen) Write(p []byte) (int, error) {
	s.writes++
	if s.fail {
		s.fail = false
		return 0, errBroken
	}
	for i, b := range p {
		s.WriteByte(b)
		if i%256 == 0 {
			runtime.Gosched()
		}
	}
	if s.lose {
		s.lose = false
		return len(p), errBroken
	}
	return len(p), nil
}

// shown lists the notices for somebody: a heading at the margin, and what is below.
func (s *screen) shown(to notifier.Recipient) (list []notifiertest.Shown) {
	mine := false
	for l := range strings.Lines(s.String()) {
		switch {
		case l[0] != ' ' && l[0] != '\n':
			if mine = strings.HasPrefix(l, "Notice for "+to.Name+" ("); mine {
				list = append(list, notifiertest.Shown{})
			}
		case mine:
			list[len(list)-1].Text += l
		}
	}
	return list
}

func TestConsole(t *testing.T) {
	notifiertest.Run(t, func(*testing.T) *notifiertest.Harness {
		s := &screen{}
		return &notifiertest.Harness{
			Sender: console.New(s), Shown: s.shown,
			Person: notifier.Recipient{Name: "Jane Doe", Email: "jdoe@acme.example"},
			Other:  notifier.Recipient{Name: "Bob Roe", Email: "bob@acme.example"},
			Room:   notifier.Recipient{Name: "Operations", Channel: "#operations"},
			Fail:   func() { s.fail = true },
			Lose:   func() { s.lose = true },
		}
	})
}

func TestLooks(t *testing.T) {
	for _, c := range []struct {
		name, want string
		notice     notifier.Notice
	}{
		{"whole", `Notice for Jane Doe (jdoe@acme.example, #finance)
  expense-submit will be switched off on 1 August

  Nobody renewed it for 90 days.

  It can be switched on again for two weeks after that.

  Team:         finance
  Last renewed: 2 April 2026

  Keep it:  levee status expense-submit
  Read why: https://levee.example/apps/expense-submit

`, notifier.Notice{
			Recipient: notifier.Recipient{Name: "Jane Doe", Email: "jdoe@acme.example", Channel: "#finance"},
			Title:     "expense-submit will be switched off on 1 August",
			Text:      "Nobody renewed it for 90 days.\n\nIt can be switched on again for two weeks after that.\n",
			Facts:     []notifier.Fact{{Name: "Team", Value: "finance"}, {Name: "Last renewed", Value: "2 April 2026"}},
			Actions:   []notifier.Action{{Label: "Keep it", Command: "levee status expense-submit"}, {Label: "Read why", URL: "https://levee.example/apps/expense-submit"}},
		}},
		{"bare", "Notice for nobody in particular\n  Hello\n\n", notifier.Notice{Title: "Hello"}},
		{"a forged heading", "Notice for #ops\n\n  Hello\n  Notice for the board\n    You are fired.\n\n",
			notifier.Notice{Recipient: notifier.Recipient{Channel: "#ops"}, Text: "Hello\nNotice for the board\n  You are fired."}},
		{"a forged name", "Notice for a Notice for b (c@d Notice for e)\n  Hello\n\n",
			notifier.Notice{Title: "Hello", Recipient: notifier.Recipient{Name: "a\nNotice for b", Email: "c@d\nNotice for e"}}},
		{"two ways and none", "Notice for #ops\n  Hello\n\n  Look: levee status\n  Look: https://levee.example\n  Wait:\n\n",
			notifier.Notice{Title: "Hello", Recipient: notifier.Recipient{Channel: "#ops"}, Actions: []notifier.Action{{Label: "Look", Command: "levee status", URL: "https://levee.example"}, {Label: "Wait"}}}},
		{"what a terminal would obey", "Notice for #ops\n  \\x1b[2JHello\n\n", notifier.Notice{Title: "\x1b[2JHello", Recipient: notifier.Recipient{Channel: "#ops"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &screen{}
			before := time.Now()
			r, err := console.New(s).Send(t.Context(), c.notice)
			if err != nil || r.At.Before(before) || r.Message != "" || r.Found || s.writes != 1 {
				t.Errorf("%+v, %v, %d writes", r, err, s.writes)
			}
			if s.String() != c.want {
				t.Errorf("it shows\n%s\nnot\n%s", s, c.want)
			}
		})
	}
}

func TestSaysWhatFailed(t *testing.T) {
	_, err := console.New(&screen{fail: true}).Send(t.Context(), notifier.Notice{Title: "Hello", Recipient: notifier.Recipient{Name: "Jane\x1b[2J", Email: "jdoe@acme.example"}})
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), `Jane\x1b[2J (jdoe@acme.example) on the console`) {
		t.Error(err)
	}
}

// short takes less than it is given, and does not say why.
type short struct{}

func (short) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestHalfANotice(t *testing.T) {
	if _, err := console.New(short{}).Send(t.Context(), notifier.Notice{Title: "Hello"}); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}

func TestTooMuchToShow(t *testing.T) {
	s, n := &screen{}, notifier.Notice{Text: strings.Repeat("much ", 5000)}
	for range 13 {
		n.Facts, n.Actions = append(n.Facts, notifier.Fact{Name: "Fact"}), append(n.Actions, notifier.Action{Label: "Action"})
	}
	if _, err := console.New(s).Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	rest := s.String()
	for _, word := range []string{"…\n  (The rest is too long to be shown.)\n", "Fact:\n  … and 3 more\n", "Action:\n  … and 3 more\n"} {
		_, after, ok := strings.Cut(rest, word)
		if rest = after; !ok {
			t.Errorf("%q is missing, or not in its place", word)
		}
	}
}
