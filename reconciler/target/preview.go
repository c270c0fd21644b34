package target

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// ItemVerb is what becomes of one thing in a target.
type ItemVerb string

// What becomes of a thing.
const (
	ItemCreate ItemVerb = "create"
	ItemChange ItemVerb = "change"
	ItemRemove ItemVerb = "remove"
)

// Item is one thing in a target that applying an object would touch.
type Item struct {
	Verb  ItemVerb `json:"verb"`
	What  string   `json:"what"`            // the thing, as people of that kind of target name it
	Words string   `json:"words,omitempty"` // what of it, in words
	// Diff is what Difference says; empty where there is nothing to show.
	Diff string `json:"diff,omitempty"`
}

// Preview is what applying an object would do, in the order in which it would.
type Preview struct {
	Items []Item `json:"items"`
	// More is how many items there are besides.
	More int `json:"more,omitempty"`
}

// What a preview holds at most.
const (
	maxItems     = 50
	maxDiffs     = 24 << 10 // of all items together
	maxDiff      = 8 << 10
	maxDiffLines = 80
	contextLines = 1
	maxLine      = 200     // characters of a line in a difference
	maxCompared  = 1 << 20 // bytes of a text that is compared
)

// NewPreview bounds what a target found, and makes it fit to be shown: it comes from
// files that anybody may have written.
func NewPreview(items []Item) Preview {
	p := Preview{Items: []Item{}}
	left := maxDiffs
	for i, item := range items {
		if i == maxItems {
			p.More = len(items) - i
			break
		}
		item.What, item.Words = clip(item.What), clip(Masked(item.Words))
		if len(item.Diff) > left {
			item.Diff = "… " + plural(strings.Count(item.Diff, "\n"), "line") + ", not shown here\n"
		}
		left -= len(item.Diff)
		p.Items = append(p.Items, item)
	}
	return p
}

// Difference is how a text becomes another, as lines of a unified difference: bounded,
// with what could be a secret masked. It is empty where nothing differs, and where one of
// them is no text.
func Difference(was, is []byte) string {
	if len(was) > maxCompared || len(is) > maxCompared {
		return "… too large to be compared\n"
	}
	if string(was) == string(is) || !utf8.Valid(was) || !utf8.Valid(is) {
		return ""
	}
	before, after := string(was), string(is)
	u, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), contextLines)
	if err != nil {
		return "… it cannot be compared\n"
	}
	shownBefore, shownAfter := maskLines(strings.SplitAfter(before, "\n")), maskLines(strings.SplitAfter(after, "\n"))
	var out []string
	more := 0 // lines that were inserted before a hunk, and not deleted
	for _, h := range u.Hunks {
		// ToLine of a hunk is not where it begins if one before it was made of two.
		from, to := h.FromLine-1, h.FromLine-1+more
		out = append(out, fmt.Sprintf("@@ -%d +%d @@", from+1, to+1))
		for _, line := range h.Lines {
			switch line.Kind {
			case udiff.Delete:
				out = append(out, "-"+shown(shownBefore, from))
				from++
				more--
			case udiff.Insert:
				out = append(out, "+"+shown(shownAfter, to))
				to++
				more++
			default:
				out = append(out, " "+shown(shownAfter, to))
				from++
				to++
			}
		}
	}
	return cut(out)
}

// shown is a line as it may be shown.
func shown(lines []string, i int) string {
	if i < 0 || i >= len(lines) {
		return ""
	}
	return clipTo(strings.ReplaceAll(strings.TrimRight(lines[i], "\r\n"), "\t", "    "), maxLine)
}

// cut joins as many lines as may be shown, and says how many there are besides.
func cut(lines []string) string {
	var out strings.Builder
	for i, line := range lines {
		if i == maxDiffLines || out.Len()+len(line) > maxDiff {
			fmt.Fprintf(&out, "… %s more\n", plural(len(lines)-i, "line"))
			break
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
