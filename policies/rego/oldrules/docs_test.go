package oldrules

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

const guidePath = "../../../docs/oldrules.md"

// TestDocs: the guide has the table as it is, and names every result and role.
func TestDocs(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(guidePath)
	if err != nil {
		t.Fatal(err)
	}
	guide := string(src)
	before, rest, _ := strings.Cut(guide, "\n| of | path | in a catalog |\n")
	_, after, _ := strings.Cut(rest, "\n\n")
	whole := before + "\n" + pathTable() + "\n" + after
	if *update {
		if err := os.WriteFile(guidePath, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if guide != whole {
		t.Error("the guide does not have the table as it is (go test ./policies/rego/oldrules -update)")
	}
	for name, role := range approvers {
		if !strings.Contains(guide, "`"+name+"`") && !strings.Contains(name, "_team") || !strings.Contains(guide, "`"+role+"`") {
			t.Errorf("the guide does not say that %s is %s", name, role)
		}
	}
}

// pathTable is the table as the guide has it.
func pathTable() string {
	var b strings.Builder
	b.WriteString("| of | path | in a catalog |\n|---|---|---|\n")
	for _, p := range Paths {
		to := p.Text
		if p.To != "" {
			to = strings.TrimSpace("`" + p.To + "`. " + p.Text)
			if p.Text == "" {
				to = "`" + p.To + "`"
			}
		}
		if p.Is != nil {
			to = "`" + strings.Join(p.Is, "`, `") + "` for every app. " + p.Text
		}
		if p.Never {
			to = "no app has any. " + p.Text
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", p.Shape, p.From, to)
	}
	return b.String()
}

// TestPaths: what the table puts in the place of a path is there, and is written in words that
// an app has.
func TestPaths(t *testing.T) {
	t.Parallel()
	for _, p := range Paths {
		if p.To == "" && p.Text == "" {
			t.Errorf("nothing is said of %s", p.From)
		}
		if p.Word == "" || p.Word == "spec.classification" {
			continue
		}
		if field := "spec." + strings.TrimPrefix(p.To, "input.app.spec."); field != p.Word {
			t.Errorf("%s is written in the words of %s", p.To, p.Word)
		}
	}
	for _, words := range unmistakable {
		for _, w := range words {
			if now, err := wordFor("spec.classification", w); err != nil || !slices.Contains(catalog.Classifications, strings.Trim(now.String(), `"`)) {
				t.Errorf("%s is %v: %v", w, now, err)
			}
		}
	}
}
