package oldrules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/convert"
)

// TestLimits: files that nobody writes by hand are refused, or taken in like any other.
func TestLimits(t *testing.T) {
	t.Parallel()
	many := func(n int) string {
		var b strings.Builder
		b.WriteString("package many\n")
		for i := range n {
			fmt.Fprintf(&b, "deny[msg] { f%d; msg := \"%d\" }\nf%d { f%d; input.name }\n", i, i, i, (i+1)%n)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		source    string
		says      string // of a problem; empty for none
		documents int
	}{
		"too long":             {"package a\n" + strings.Repeat("# long\n", catalog.MaxPolicy/7), "longer than 256 KiB", 0},
		"nested":               {"package a\nx = " + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "\n", "more than 64 levels", 0},
		"brackets in strings":  {"package a\ndeny[\"[[[[\"] { input.name == `" + strings.Repeat("[", 100) + "` } # " + strings.Repeat("(", 100) + "\n", "", 1},
		"too many":             {many(maxRules), "more than 1000 definitions", 0},
		"many that use others": {many(maxRules/2 - 1), "", 1},
		"uses itself":          {"package a\ndeny[msg] { f(1, msg) }\nf(x, y) = z { f(y, x, z) }\n", "", 1},
		"a variable of itself": {"package a\ndeny[\"x\"] { a := input.review.object; a := a.spec; b := a.b; a := b }\n", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := Files([]convert.File{{Path: "rules.rego", Source: []byte(c.source)}})
			said := ""
			for _, p := range report.Files[0].Problems {
				said += p.Message
			}
			if (c.says == "") != (said == "") || !strings.Contains(said, c.says) || len(report.Documents) != c.documents {
				t.Errorf("problems %q, %d documents, want %q and %d:\n%s", said, len(report.Documents), c.says, c.documents, told(report)[:min(2000, len(told(report)))])
			}
		})
	}
}
