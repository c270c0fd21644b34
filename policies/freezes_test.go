package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// TestFreezes: a freeze that never comes, never ends or holds nothing is a problem where it
// stands.
func TestFreezes(t *testing.T) {
	e := newEngine(t)
	for name, c := range map[string]struct{ first, second, says, field string }{
		"days":                {"", "{name: audit, from: 2026-03-10, until: 2026-03-10}", "", ""},
		"again and again":     {"", "{name: weekends, begins: 0 18 * * 5, lasts: 60h, classifications: [restricted]}", "", ""},
		"nothing":             {"", "{name: audit}", "needs either `from` and `until`, or `begins` and `lasts`", "name"},
		"both":                {"", "{name: audit, from: 2026-03-10, until: 2026-03-11, lasts: 1h}", "needs either `from` and `until`, or", "name"},
		"no end":              {"", "{name: audit, from: 2026-03-10}", "needs both `from` and `until`", "name"},
		"no length":           {"", "{name: audit, begins: 0 18 * * 5}", "needs both `begins` and `lasts`", "name"},
		"back in time":        {"", "{name: audit, from: 2026-03-10, until: 2026-03-09}", "ends on 2026-03-09, before it begins", "until"},
		"longer than a month": {"", "{name: audit, begins: 0 18 * * 5, lasts: 40d}", "longer than 31 days", "lasts"},
		"in words":            {"", "{name: audit, begins: friday, lasts: 60h}", "begins at `friday`, which", "begins"},
		"of the first":        {"{name: audit, from: 2026-03-10, until: 2026-03-10}", "", "content enters the first environment with the merge", "freezes"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := strings.Replace(base["catalog.yaml"], "[{name: staging}, {name: production}]", "[{name: staging, freezes: ["+c.first+"]}, {name: production, freezes: ["+c.second+"]}]", 1)
			s := with(t, map[string]string{"catalog.yaml": settings})
			for _, p := range s.Document("catalog.yaml").Problems {
				t.Errorf("it cannot be read: %+v", p)
			}
			rules, _, err := e.Rules(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			var found []catalog.Problem
			for _, p := range policies.CheckGovernance(s, rules, now) {
				if strings.Contains(p.Field, "freezes") {
					found = append(found, p)
				}
			}
			switch {
			case c.says == "" && len(found) > 0:
				t.Errorf("of it this is wrong: %+v", found)
			case c.says != "" && (len(found) != 1 || found[0].Level != catalog.Deny || !strings.Contains(found[0].Message, c.says) || !strings.HasSuffix(found[0].Field, c.field) || found[0].Line == 0):
				t.Errorf("of it this is wrong: %+v", found)
			}
		})
	}
}
