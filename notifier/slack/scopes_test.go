package slack_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier"
)

// documented are the scopes of the manifest in docs/slack.md.
func documented(t *testing.T) []string {
	raw, err := os.ReadFile("../../docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(raw), "    bot:\n")
	list, _, _ = strings.Cut(list, "```")
	scopes := strings.Fields(strings.ReplaceAll(list, "- ", ""))
	for _, scope := range scopes {
		if !regexp.MustCompile("(?m)^\\| .*`" + scope + "`").Match(raw) {
			t.Errorf("the table does not say what %s is for", scope)
		}
	}
	return scopes
}

// TestManual: with the scopes of the manifest everything works, and without any one of them
// something fails.
func TestManual(t *testing.T) {
	scopes := documented(t)
	needs := func(w *world) error {
		for _, to := range []notifier.Recipient{jane, ops, {Name: "Quiet", Channel: "#quiet"}} {
			if _, err := w.sender.Send(t.Context(), again(notice("a", to))); err != nil {
				return err
			}
		}
		return nil
	}
	w := newWorld(t)
	w.scopes = scopes
	if err := needs(w); err != nil {
		t.Errorf("with all of %q: %v", scopes, err)
	}
	for i, scope := range scopes {
		w := newWorld(t)
		w.scopes = slices.Delete(slices.Clone(scopes), i, i+1)
		err := needs(w)
		if scope == "users:read" && err == nil { // Slack requires it together with another
			continue
		}
		w.says(err, nil, "lacks the scope "+scope+";")
	}
}
