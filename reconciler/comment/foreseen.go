package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Foreseen is what applying an app as proposed would do in one environment.
type Foreseen struct {
	Environment string         `json:"environment"`
	Preview     target.Preview `json:"preview"`
	Strategy    string         `json:"strategy,omitempty"` // how it comes to replicas, as target.ToReplicas says it
	Trouble     string         `json:"trouble,omitempty"`  // why it could not be told; empty where it could
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
	for i, f := range s.Foreseen {
		if f.Trouble == "" && len(f.Preview.Items) == 0 {
			continue
		}
		if first := slices.IndexFunc(s.Foreseen[:i], f.same); first >= 0 {
			fmt.Fprintf(b, "What it would do in %s is the same as in %s.\n\n", span(f.Environment), span(s.Foreseen[first].Environment))
			continue
		}
		var body strings.Builder
		title := "What it would do in " + span(f.Environment)
		if f.Trouble != "" {
			title += " could not be looked at"
			fmt.Fprintf(&body, "%s\n\n", spanOf("could not be looked at: "+f.Trouble, 300))
		}
		if f.Strategy != "" {
			fmt.Fprintf(&body, "%s.\n\n", plain(strings.ToUpper(f.Strategy[:1])+f.Strategy[1:]))
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

// same reports whether applying would do the same in two environments, but for what they
// are called.
func (f Foreseen) same(other Foreseen) bool {
	if f.Trouble != "" || other.Trouble != "" || f.Preview.More != other.Preview.More {
		return false
	}
	plain := func(text, environment string) string { return strings.ReplaceAll(text, environment, "{environment}") }
	if plain(f.Strategy, f.Environment) != plain(other.Strategy, other.Environment) {
		return false
	}
	return slices.EqualFunc(f.Preview.Items, other.Preview.Items, func(a, b target.Item) bool {
		return a.Verb == b.Verb && plain(a.What, f.Environment) == plain(b.What, other.Environment) &&
			plain(a.Words, f.Environment) == plain(b.Words, other.Environment) && plain(a.Diff, f.Environment) == plain(b.Diff, other.Environment)
	})
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
