package comment

import (
	"fmt"
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/impact"
)

// Impact is what a change of governance would do to the apps that run.
type Impact struct {
	Flips  []impact.Flip // the apps judged otherwise by it
	Judged int           // among how many
	Left   int           // that could not be looked at in time

	Rerenders Rerenders
}

// Rerenders is what apps that run would become by a change of governance, as of their
// blueprint, without a change of their own.
type Rerenders struct {
	Places []Rerendered `json:"places,omitempty"` // by app and environment
	More   int          `json:"more,omitempty"`   // besides
	Left   int          `json:"left,omitempty"`   // that could not be rendered in time
}

// Rerendered is what would become of an app that runs in one environment.
type Rerendered struct {
	App         string `json:"app"`
	Environment string `json:"environment"`
	Words       string `json:"words"` // what of it changes, in words
	Diff        string `json:"diff"`  // the same as lines, bounded and masked
}

var flipWords = map[policies.Verdict]string{
	policies.Allow: "fine", policies.NeedsApproval: "waiting for approval", policies.Deny: "something to fix",
	policies.Invalid: "cannot be read", policies.Error: "could not be checked",
}

// flipSentence says what follows for an app that runs.
func flipSentence(f impact.Flip) string {
	said := fmt.Sprintf("%s: from “%s” to “%s”", span(f.App), flipWords[f.From], flipWords[f.To])
	switch {
	case f.Problem != "":
		said += ". " + plain(f.Problem)
	case f.Missing != nil:
		said += ". " + plain(the(f.Missing.Role)+" has to agree, because "+f.Missing.Reason+".")
	}
	switch {
	case f.Running == nil || f.To == policies.Allow:
		return said
	case f.Running.Effect == policies.Contain:
		return said + " It is cut off at once."
	case f.Grace > 0:
		return fmt.Sprintf("%s It runs on for %s, and its owner is told.", said, days(f.Grace))
	}
	return said + " It runs on, and its owner is told."
}

// maxRerendered bounds the lines of differences that are shown, in bytes.
const maxRerendered = 8 << 10

// writeRerenders says what the apps that run become by a change of governance: where and what
// in words, and folded the lines of as many as there is room for.
func writeRerenders(b *strings.Builder, r Rerenders) {
	if len(r.Places) > 0 {
		b.WriteString("**What changes where apps run**, without a change of their own\n")
		for _, one := range r.Places {
			fmt.Fprintf(b, "- %s in %s: %s\n", span(one.App), span(one.Environment), spanOf(one.Words, 300))
		}
		if r.More > 0 {
			fmt.Fprintf(b, "- … %d more\n", r.More)
		}
		b.WriteString("\n")
		left := maxRerendered
		for _, one := range r.Places {
			block := fenced(one.Diff)
			if left -= len(block); one.Diff == "" || left < 0 {
				break
			}
			title := "What becomes of " + span(one.App) + " in " + span(one.Environment)
			fmt.Fprintf(b, "<details><summary>%s</summary>\n\n%s\n</details>\n\n", summary(title), block)
		}
	}
	if r.Left > 0 {
		fmt.Fprintf(b, "What becomes of apps in %d more places could not be told in time.\n\n", r.Left)
	}
}

// FileWords is what a file of governance is, and what becomes of it.
func FileWords(governing, proposed *catalog.Snapshot, file string) string {
	folder, _, _ := strings.Cut(file, "/")
	kind := map[string]string{
		"catalog.yaml": "the settings", "roles.yaml": "people, teams and roles", "vendors": "an approved vendor", "data": "a data set", "waivers": "an exception for one app",
		"grants": "access for a limited time", "policies": "what apps are checked for", "blueprints": "a blueprint", "retirements": "apps to be taken down",
		catalog.TrustedRoot: "whose certificates count on evidence",
	}[folder]
	if strings.HasSuffix(file, "_test.rego") {
		kind = "tests of what apps are checked for"
	}
	if kind == "" {
		kind = "a file"
	}
	was, is := governing.Document(file), proposed.Document(file)
	switch {
	case was == nil:
		return "new, " + kind + ": " + span(file)
	case is == nil:
		return "taken out, " + kind + ": " + span(file)
	case was.ID == is.ID: // a blueprint is all of its folder
		return "other files of " + kind + ": " + span(path.Dir(file)+"/")
	}
	return kind + ": " + span(file)
}
