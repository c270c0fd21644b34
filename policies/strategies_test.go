package policies_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// TestStrategies: a strategy that cannot be followed is a problem where it stands, and one that is
// not, or that a freeze does not hold, is warned of.
func TestStrategies(t *testing.T) {
	e := newEngine(t)
	for name, c := range map[string]struct {
		fields, says, field string
		level               catalog.Level
	}{
		"none":                   {"target: directory", "", "", ""},
		"all":                    {"target: directory, strategy: all", "", "", ""},
		"a share":                {"target: cluster, strategy: {share: 20, for: 30m}", "", "", ""},
		"the longest":            {"target: cluster, strategy: {share: 99, for: 31d}", "", "", ""},
		"no time":                {"target: cluster, strategy: {share: 20, for: 0s}", "lasts no time", "strategy.for", catalog.Deny},
		"without end":            {"target: cluster, strategy: {share: 20, for: 32d}", "longer than 31 days", "strategy.for", catalog.Deny},
		"a directory":            {"target: directory, strategy: {share: 20, for: 30m}", "is applied at once: its target `directory` has no replicas", "strategy", catalog.Warn},
		"the directory, unnamed": {"strategy: {share: 20, for: 30m}", "is applied at once", "strategy", catalog.Warn},
		"longer than a freeze":   {"target: cluster, strategy: {share: 20, for: 72h}, freezes: [{name: weekends, begins: 0 18 * * 5, lasts: 60h}]", "longer than the freeze `weekends` (60h)", "strategy.for", catalog.Warn},
		"shorter than a freeze":  {"target: cluster, strategy: {share: 20, for: 60h}, freezes: [{name: weekends, begins: 0 18 * * 5, lasts: 60h}, {name: audit, from: 2026-03-10, until: 2026-03-10}]", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			settings := strings.Replace(base["catalog.yaml"], "{name: production}", "{name: production, "+c.fields+"}", 1)
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
				if strings.Contains(p.Field, "strategy") {
					found = append(found, p)
				}
			}
			switch {
			case c.says == "" && len(found) > 0:
				t.Errorf("of it this is wrong: %+v", found)
			case c.says != "" && (len(found) != 1 || found[0].Level != c.level || !strings.Contains(found[0].Message, c.says) || !strings.HasSuffix(found[0].Field, c.field) || found[0].Line == 0):
				t.Errorf("of it this is wrong: %+v", found)
			}
		})
	}
}
