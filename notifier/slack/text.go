package slack

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of texts, in UTF-16 units of the escaped text. Slack's documentation says
// "characters"; UTF-16 units are the stricter reading.
const (
	maxHeader = 150
	maxText   = 3000 // of a section
	maxName   = 80
	maxValue  = 300
	maxLabel  = 80
	maxLink   = 400 // of a command, or a link
	maxWords  = 4000
	maxShare  = 2500 // of maxWords for the text, so that facts and actions fit in
)

// tail ends a text that was cut.
const tail = "…\n(The rest does not fit into a message.)"

// escaper escapes the three characters that Slack interprets in every text.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape escapes a text and shortens it to a number of units; a shortened one ends with
// the tail.
func escape(s string, limit int, tail string) string {
	return escaper.Replace(notifier.Fit(s, limit, tail, charSize))
}

// charSize is the size of a character after escaping.
func charSize(c rune) int {
	switch c {
	case '&':
		return len("&amp;")
	case '<', '>':
		return len("&lt;")
	}
	return max(1, utf16.RuneLen(c))
}

// escapeLine and escapeText escape and shorten a part of a notice, to one line or several.
func escapeLine(s string, limit int) string { return escape(notifier.Line(s), limit, "…") }

func escapeText(s string, limit int) string {
	return escape(strings.TrimSpace(notifier.Plain(s)), limit, tail)
}

// rawLine is lineOf without escaping, for rich-text elements.
func rawLine(s string, limit int) string {
	return notifier.Fit(notifier.Line(s), limit, "…", charSize)
}

// fallbackText is a notice as plain text: for push notifications, screen readers, and
// clients that show no blocks.
func fallbackText(n notifier.Notice) string {
	var b strings.Builder
	add := func(parts ...string) {
		if line := strings.TrimSpace(strings.Join(parts, "")); line != "" {
			b.WriteString(line + "\n")
		}
	}
	add(notifier.Line(n.Title))
	add(notifier.Fit(strings.TrimSpace(notifier.Plain(n.Text)), maxShare, tail, charSize))
	for _, f := range n.Facts[:min(len(n.Facts), maxFacts)] {
		add(notifier.Line(f.Name), ": ", notifier.Line(f.Value))
	}
	add(moreText(len(n.Facts) - maxFacts))
	for _, a := range n.Actions[:min(len(n.Actions), maxActions)] {
		add(notifier.Line(a.Label), ": ", notifier.Line(a.Command+" "+a.URL))
	}
	add(moreText(len(n.Actions) - maxActions))
	return escapeText(b.String(), maxWords)
}

// moreText says how many facts or actions are not shown.
func moreText(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf("… and %d more", n)
}
