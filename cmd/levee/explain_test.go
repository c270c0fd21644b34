package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// ruleIDs are the ids of rules of the program as they stand in its text.
var ruleIDs = regexp.MustCompile(`"((?:schema|change|governance|catalog|blueprint|secrets)\.[a-z-]+)"`)

// TestExplainKnowsEveryRule asks for each rule that any part of the program can name:
// those of its own by what stands in its text, and those of the library.
func TestExplainKnowsEveryRule(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		src, err := os.ReadFile(p)
		for _, m := range ruleIDs.FindAllStringSubmatch(string(src), -1) {
			if id := m[1]; !slices.Contains([]string{"catalog.yaml", "catalog.git", "blueprint.yaml", "blueprint.yml"}, id) {
				ids[id] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range programRules() {
		if !ids[r.ID] {
			t.Errorf("%s is explained, and nothing reports it", r.ID)
		}
	}
	listed, _ := quietly(t, "explain")
	for line := range strings.Lines(listed) {
		ids[strings.Fields(line)[0]] = true
	}
	if len(ids) < 70 {
		t.Errorf("only %d rules are known", len(ids))
	}
	for id := range ids {
		out, code := quietly(t, "explain", id)
		if code != exit.CodeFine {
			t.Errorf("explain %s: exit code %d", id, code)
			continue
		}
		for _, part := range []string{id + " — ", "What to do:", "Looks at:", "Enforcement:", "Settings:", "Risk:"} {
			if !strings.Contains(out, part) {
				t.Errorf("explain %s says nothing of %q:\n%s", id, part, out)
			}
		}
	}
	for _, c := range []struct{ rule, says string }{
		{"class.retention", "limits.retention"}, {"class.retention", "spec.data[].retention"}, {"scopes.elevated", "raised to high or medium"},
		{"class.data-categories", "dpo, security"}, {"class.sensitivity", "spec.classification"}, {"runtime.limits", "spec.runtime.memory"},
	} {
		if out, _ := quietly(t, "explain", c.rule); !strings.Contains(out, c.says) {
			t.Errorf("explain %s does not say %q:\n%s", c.rule, c.says, out)
		}
	}
}
