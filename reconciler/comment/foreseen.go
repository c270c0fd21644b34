package comment

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Foreseen is what applying an app as proposed would do in one environment.
type Foreseen struct {
	Environment string         `json:"environment"`
	Preview     target.Preview `json:"preview"`
	Trouble     string         `json:"trouble,omitempty"` // why it could not be told; empty where it could
}

// What is shown of one app at most: things in an environment, and bytes of all of it.
const (
	shownItems    = 10
	maxForeseenOf = 8 << 10
)

// writeForeseen says what applying would do, folded: a reviewer with a minute does not need
// it, and one who doubts does.
func writeForeseen(b *strings.Builder, s Subject) {
	left := maxForeseenOf
	for _, f := range s.Foreseen {
		if f.Trouble == "" && len(f.Preview.Items) == 0 {
			continue
		}
		var body strings.Builder
		title := "What it would do in " + span(f.Environment)
		if f.Trouble != "" {
			title += " could not be looked at"
			fmt.Fprintf(&body, "%s\n\n", spanOf("could not be looked at: "+f.Trouble, 300))
		}
		for i, item := range f.Preview.Items {
			if i == shownItems || body.Len() > left {
				fmt.Fprintf(&body, "… %d more\n\n", len(f.Preview.Items)-i+f.Preview.More)
				break
			}
			fmt.Fprintf(&body, "- %s %s", item.Verb, span(item.What))
			if item.Words != "" {
				fmt.Fprintf(&body, ": %s", spanOf(item.Words, 300))
			}
			body.WriteString("\n\n")
			if block := fenced(item.Diff); item.Diff != "" && body.Len()+len(block) <= left {
				body.WriteString(block + "\n")
			} else if item.Diff != "" {
				body.WriteString("… the difference does not fit here\n\n")
			}
		}
		left = max(0, left-body.Len())
		fmt.Fprintf(b, "<details><summary>%s</summary>\n\n%s</details>\n\n", summary(title), body.String())
	}
}

// summary is a title inside of a tag, where a forge reads no Markdown.
func summary(title string) string { return strings.ReplaceAll(title, "`", "") }

// fenced puts a difference into a block of code that is fenced longer than any run of
// backticks in it.
func fenced(diff string) string {
	longest, run := 0, 0
	for _, r := range diff {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", max(3, longest+1))
	lines := strings.Split(strings.TrimRight(diff, "\n"), "\n")
	for i, line := range lines {
		if lines[i] = strings.ReplaceAll(bare(line), "@", "＠"); strings.HasPrefix(line, "@@ ") {
			lines[i] = "…" // where in the file, which nobody sees
		}
	}
	return fence + "diff\n" + strings.Join(lines, "\n") + "\n" + fence + "\n"
}
