package slack

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of texts. Slack counts characters, and does not say of which kind: these
// are UTF-16 units of the text as it is sent, the larger of what it may mean.
const (
	maxHeader = 150
	maxText   = 3000 // of a section
	maxName   = 80
	maxValue  = 300
	maxLabel  = 80
	maxWay    = 400 // of a command, or a link
	maxWords  = 4000
	maxShare  = 2500 // of those, for the text: what can be done about it matters too
)

// tail ends a text that was cut.
const tail = "…\n(The rest does not fit into a message.)"

// escaper takes their meaning from the three characters that mean something to
// Slack, in marked-up texts and plain ones.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escaped is a text for Slack, of at most so many units. What is longer ends between
// two characters, and with the tail.
func escaped(s string, limit int, tail string) string {
	return escaper.Replace(notifier.Fit(s, limit, tail, units))
}

// units is the size of a character as it is sent.
func units(c rune) int {
	switch c {
	case '&':
		return len("&amp;")
	case '<', '>':
		return len("&lt;")
	}
	return max(1, utf16.RuneLen(c))
}

// lineOf and textOf are parts of a notice, ready for Slack.
func lineOf(s string, limit int) string { return escaped(notifier.Line(s), limit, "…") }

func textOf(s string, limit int) string {
	return escaped(strings.TrimSpace(notifier.Plain(s)), limit, tail)
}

// raw is a part on one line where Slack looks for no markup: in rich text.
func raw(s string, limit int) string { return notifier.Fit(notifier.Line(s), limit, "…", units) }

// words are the notice as plain text: for notifications, for those who have it read
// out, and for where blocks are not shown.
func words(n notifier.Notice) string {
	var b strings.Builder
	add := func(parts ...string) {
		if line := strings.TrimSpace(strings.Join(parts, "")); line != "" {
			b.WriteString(line + "\n")
		}
	}
	add(notifier.Line(n.Title))
	add(notifier.Fit(strings.TrimSpace(notifier.Plain(n.Text)), maxShare, tail, units))
	for _, f := range n.Facts[:min(len(n.Facts), maxFacts)] {
		add(notifier.Line(f.Name), ": ", notifier.Line(f.Value))
	}
	add(rest(len(n.Facts) - maxFacts))
	for _, a := range n.Actions[:min(len(n.Actions), maxActions)] {
		add(notifier.Line(a.Label), ": ", notifier.Line(a.Command+" "+a.URL))
	}
	add(rest(len(n.Actions) - maxActions))
	return textOf(b.String(), maxWords)
}

// rest says how many facts or actions are not shown.
func rest(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("… and %d more", n)
}
