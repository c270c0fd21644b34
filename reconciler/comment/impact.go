package comment

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// Impact is what a change of governance would do to the apps that run.
type Impact struct {
	Flips  []Flip // the apps judged otherwise by it
	Judged int    // among how many
	Left   int    // that could not be looked at in time
}

// Flip is an app that runs and that a change of governance would have judged
// otherwise.
type Flip struct {
	App      string
	From, To policies.Verdict
	Problem  string                // the first that denies it; empty for none
	Asks     *policies.Requirement // what is newly asked for, where nothing denies it
	Running  *policies.Running
	Grace    catalog.Duration // until the app has to be mended; zero where none is known
}

var flipWords = map[policies.Verdict]string{
	policies.Allow: "fine", policies.NeedsApproval: "waiting for approval", policies.Deny: "something to fix",
	policies.Invalid: "cannot be read", policies.Error: "could not be checked",
}

func (f Flip) words() string {
	words := fmt.Sprintf("%s: from “%s” to “%s”", span(f.App), flipWords[f.From], flipWords[f.To])
	switch {
	case f.Problem != "":
		words += ". " + plain(f.Problem)
	case f.Asks != nil:
		words += ". " + plain(the(f.Asks.Role)+" has to agree, because "+f.Asks.Reason+".")
	}
	switch {
	case f.Running == nil || f.To == policies.Allow:
		return words
	case f.Running.Effect == policies.Contain:
		return words + " It is cut off at once."
	case f.Grace > 0:
		return fmt.Sprintf("%s It runs on for %s, and its owner is told.", words, days(f.Grace))
	}
	return words + " It runs on, and its owner is told."
}

// FileWords is what a file of governance is, and what becomes of it.
func FileWords(governing, proposed *catalog.Snapshot, file string) string {
	folder, _, _ := strings.Cut(file, "/")
	kind := map[string]string{
		"catalog.yaml": "the settings", "roles.yaml": "people, teams and roles", "vendors": "an approved vendor", "waivers": "an exception for one app",
		"grants": "access for a limited time", "policies": "what apps are checked for", "blueprints": "a blueprint", "retirements": "apps to be taken down",
	}[folder]
	if strings.HasSuffix(file, "_test.rego") {
		kind = "tests of what apps are checked for"
	}
	if kind == "" {
		kind = "a file"
	}
	switch {
	case governing.Document(file) == nil:
		return "new, " + kind + ": " + span(file)
	case proposed.Document(file) == nil:
		return "taken out, " + kind + ": " + span(file)
	}
	return kind + ": " + span(file)
}
