package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier"
)

// TestActions: which parts of an action are shown as code, as a link, or as text.
func TestActions(t *testing.T) {
	const code, link = "⟨%s⟩", "⟨%s → %s⟩"
	for _, c := range []struct {
		name   string
		action notifier.Action
		want   string
	}{
		{"a command", notifier.Action{Label: "Do it", Command: "levee status a"}, "Do it: " + fmt.Sprintf(code, "levee status a")},
		{"a command with quotes of its own", notifier.Action{Label: "Do it", Command: "echo `id` > <a>"}, "Do it: " + fmt.Sprintf(code, "echo `id` > <a>")},
		{"a place", notifier.Action{Label: "Go there", URL: "https://levee.example/?a=b&c"}, fmt.Sprintf(link, "Go there", "https://levee.example/?a=b&c")},
		{"both", notifier.Action{Label: "Look", Command: "levee status a", URL: "https://levee.example"}, fmt.Sprintf(link, "Look", "https://levee.example") + ": " + fmt.Sprintf(code, "levee status a")},
		{"neither", notifier.Action{Label: "Wait"}, "Wait"},
		{"no label", notifier.Action{Command: "levee status a"}, "—: " + fmt.Sprintf(code, "levee status a")},
		{"no label for a place", notifier.Action{URL: "https://levee.example"}, fmt.Sprintf(link, "—", "https://levee.example")},
		{"nothing", notifier.Action{}, "—"},
		{"no place on the web", notifier.Action{Label: "Go", URL: "javascript:alert(1)"}, "Go: javascript:alert(1)"},
		{"a place with a password", notifier.Action{Label: "Go", URL: "https://a:b@evil.example"}, "Go: https://a:b@evil.example"},
		{"a place without a name", notifier.Action{Label: "Go", URL: "https://:80/"}, "Go: https://:80/"},
		{"a place too long to be one", notifier.Action{Label: "Go", URL: "https://levee.example/" + strings.Repeat("x", 500)}, "Go: https://levee.example/" + strings.Repeat("x", 377) + "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			n := notice("a", jane)
			n.Actions = []notifier.Action{c.action}
			w.send(n)
			list := parsed(t, w.messages(jane.Email)[0].Blocks)
			var got strings.Builder
			for _, e := range list[len(list)-1].Elements[0].Elements[0].Elements {
				switch {
				case e.Type == "link":
					fmt.Fprintf(&got, link, e.Text, e.URL)
				case string(e.Style) == `{"code":true}`:
					fmt.Fprintf(&got, code, e.Text)
				default:
					got.WriteString(e.Text)
				}
			}
			if got.String() != c.want {
				t.Errorf("it is %s, not %s", got.String(), c.want)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	w := newWorld(t)
	n := notice("a", jane)
	n.Facts = []notifier.Fact{{Name: "Team", Value: "finance"}, {Name: "Cost & <risk>", Value: "*high* & <rising>"}, {Name: "odd_*name*"}, {Value: "nameless"}}
	w.send(n)
	var got []string
	for _, f := range parsed(t, w.messages(jane.Email)[0].Blocks)[2].Fields {
		got = append(got, f.Type+" "+f.Text)
	}
	want := []string{"mrkdwn *Team*", "plain_text finance", "mrkdwn *Cost &amp; &lt;risk&gt;*", "plain_text *high* &amp; &lt;rising&gt;", "plain_text odd_*name*", "plain_text —", "mrkdwn *—*", "plain_text nameless"}
	if !slices.Equal(got, want) {
		t.Errorf("the facts are\n%q, not\n%q", got, want)
	}
}

func TestTooMuchToShow(t *testing.T) {
	w := newWorld(t)
	n := notice("a", jane)
	n.Text = strings.Repeat("much ", 5000)
	for i := range 13 {
		n.Facts = append(n.Facts, notifier.Fact{Name: fmt.Sprintf("Fact %d", i), Value: "so"})
		n.Actions = append(n.Actions, notifier.Action{Label: fmt.Sprintf("Action %d", i)})
	}
	w.send(n)
	m := w.messages(jane.Email)[0]
	for what, text := range map[string]string{"blocks": see("DU1", m).Text, "words": m.Text} {
		for _, word := range []string{"much", "does not fit", "Fact 9", "… and 3 more", "Action 4", "… and 8 more"} {
			_, rest, ok := strings.Cut(text, word)
			if text = rest; !ok {
				t.Errorf("the %s do not say %q in its place:\n%s", what, word, rest)
			}
		}
	}
}
