package policies_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
)

// TestTrainedApprovers: where the settings ask for a course, an approval of an app with
// confidential data counts only by somebody who passed it; the owner agrees as the owner.
func TestTrainedApprovers(t *testing.T) {
	e := newEngine(t)
	settings := base["catalog.yaml"] + "  training: {approvers: [data-access]}\n  gates: {medium: {publish: staged, approvals: [security]}}\n"
	certified := func(until string) string {
		return strings.Replace(base["roles.yaml"], "chris: {name: Chris}", "chris: {name: Chris, certifications: [{name: data-access, until: "+until+"}]}", 1)
	}
	for name, c := range map[string]struct {
		class, roles string
		reviewer     catalog.Name
		missing      []string
		ignored      string
		untrained    []catalog.Name
	}{
		"passed":           {"confidential", certified("2026-03-10"), "chris", nil, "", []catalog.Name{"dana"}},
		"until yesterday":  {"confidential", certified("2026-03-09"), "chris", []string{"security"}, "has not passed the courses", []catalog.Name{"chris", "dana"}},
		"another course":   {"confidential", strings.Replace(certified("2026-03-10"), "data-access", "gates", 1), "chris", []string{"security"}, "has not passed the courses", []catalog.Name{"chris", "dana"}},
		"somebody else":    {"confidential", certified("2026-03-10"), "dana", []string{"security"}, "has not passed the courses", []catalog.Name{"dana"}},
		"less secret data": {"internal", base["roles.yaml"], "dana", nil, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(strings.Replace(board, "classification: internal", "classification: "+c.class, 1), "stage: prototype", "stage: approved", 1)
			if c.class == "internal" {
				file = strings.Replace(file, "access: {groups", "access: {scopes: [read-payroll], groups", 1)
			}
			s := with(t, map[string]string{boardPath: file, "catalog.yaml": settings, "roles.yaml": c.roles})
			review := catalog.Approval{ID: "r", Change: "42", Base: "main", Subject: "board", Digest: s.Document(boardPath).Digest(), Person: c.reviewer, Review: catalog.Approve, At: now.Add(-time.Minute), Shown: now.Add(-time.Hour)}
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change(), Approvals: []catalog.Approval{review}})
			if !slices.Equal(d.Approvals.Missing, c.missing) && len(d.Approvals.Missing)+len(c.missing) > 0 {
				t.Errorf("%s, missing %q; want %q: %+v", d.Verdict, d.Approvals.Missing, c.missing, d.Problems)
			}
			if c.ignored != "" && (len(d.Approvals.Ignored) != 1 || !strings.Contains(d.Approvals.Ignored[0].Reason, c.ignored)) {
				t.Errorf("ignored %+v", d.Approvals.Ignored)
			}
			if !slices.Equal(d.Approvals.Untrained, c.untrained) {
				t.Errorf("untrained %v, want %v", d.Approvals.Untrained, c.untrained)
			}
		})
	}
	s := with(t, map[string]string{boardPath: strings.Replace(board, "classification: internal", "classification: confidential", 1), "catalog.yaml": settings})
	b := policies.NewBrief(policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}, rulesOf(t, e, s))
	if slices.Contains(b.Untrained, "ana") {
		t.Error("the owner cannot agree as the owner")
	}
}

// TestRotationAtHighRisk: at high risk, secrets are replaced as often as those of
// confidential data, and what is found without the risk is said once.
func TestRotationAtHighRisk(t *testing.T) {
	e := newEngine(t)
	for name, c := range map[string]struct{ scope, class, rotation, says string }{
		"low risk":                  {"readonly-database", "internal", "30d", ""},
		"high risk":                 {"write-database", "internal", "30d", "in an app of high risk that must happen every `1w`"},
		"high risk, often enough":   {"write-database", "internal", "7d", ""},
		"high risk, far too seldom": {"write-database", "internal", "31d", "in an app classified `internal` that must happen every `30d`"},
		"by the classification":     {"write-database", "confidential", "30d", "in an app classified `confidential` that must happen every `7d`"},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(strings.Replace(board, "classification: internal", "classification: "+c.class, 1), "stage: prototype", "stage: approved", 1)
			file = strings.Replace(file, "access: {groups", "secrets: [{name: KEY, store: vault, path: kv/ops/key, rotation: "+c.rotation+"}]\n  access: {scopes: ["+c.scope+"], groups", 1)
			s := with(t, map[string]string{boardPath: file})
			d := decide(t, e, policies.Question{Governing: s, Proposed: s, Facts: change()})
			var said []string
			for _, p := range d.Problems {
				if p.Rule == "secrets.rotation" {
					said = append(said, p.Message)
				}
			}
			if c.says == "" && said != nil || c.says != "" && (len(said) != 1 || !strings.Contains(said[0], c.says)) {
				t.Errorf("risk %s: %q, want %q", d.Risk.Level, said, c.says)
			}
		})
	}
}
