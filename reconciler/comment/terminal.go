package comment

import (
	"fmt"
	"html"
	"strings"
)

// Text is the page as a terminal shows it: what marks it up is left out, and what was
// made harmless for a forge is what it was.
func (p Page) Text() (title, text string) {
	verdict := p.Verdict()
	_, text, _ = strings.Cut(verdict.Summary, "\n\n") // behind the title
	return terminalLine(verdict.Title), terminal(text)
}

// Meaning is what the change makes different, without a word on whether it may, as a
// terminal shows it.
func (p Page) Meaning() string {
	var b strings.Builder
	for _, s := range p.Subjects {
		fmt.Fprintf(&b, "%s\n\n", heading(s))
		writeChanges(&b, s)
	}
	return terminal(b.String())
}

// terminal writes Markdown as a terminal shows it. It reads what this package writes,
// and nothing else.
func terminal(markdown string) string {
	var b strings.Builder
	for rest := markdown; rest != ""; {
		open := strings.IndexByte(rest, '`')
		if open < 0 {
			b.WriteString(unmarked(rest))
			break
		}
		b.WriteString(unmarked(rest[:open]))
		rest = rest[open:]
		ticks := rest[:len(rest)-len(strings.TrimLeft(rest, "`"))]
		value, after, closed := strings.Cut(rest[len(ticks):], ticks)
		if !closed {
			b.WriteString(rest)
			break
		}
		if diff, ok := strings.CutPrefix(value, "diff\n"); ok && len(ticks) > 2 {
			b.WriteString("    " + strings.NewReplacer("\n", "\n    ", "＠", "@").Replace(strings.TrimRight(diff, "\n")))
		} else {
			b.WriteString("`" + strings.TrimSpace(value) + "`")
		}
		rest = after
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// terminalLine is terminal for a part of a sentence.
func terminalLine(markdown string) string { return strings.TrimSuffix(terminal(markdown), "\n") }

var marks = strings.NewReplacer("**", "", "### ", "", "<sub>", "", "</sub>", "", "<details><summary>", "", "</summary>", ":", "</details>\n\n", "", "＠", "@", "＃", "#")

func unmarked(text string) string { return html.UnescapeString(marks.Replace(text)) }
