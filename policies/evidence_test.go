package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/policies"
)

// TestEvidence checks that what a file beside an app says comes to the rules that judge it,
// with the settings that they go by.
func TestEvidence(t *testing.T) {
	const (
		file    = "apps/ops/board/evidence/sbom.cdx.json"
		head    = `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-03-09T10:00:00Z"},"components":[{"type":"library","bom-ref":"p","name":"left-pad","version":"1.0","licenses":[{"license":{"id":"GPL-3.0-only"}}]}]`
		flaw    = `,"vulnerabilities":[{"id":"CVE-1","ratings":[{"score":9.8}],"published":"2026-01-01T00:00:00Z","affects":[{"ref":"p"}]ANALYSIS}]`
		forbids = "  evidence: {licences: {forbidden: [GPL-*]}}\n"
	)
	e := newEngine(t)
	for name, c := range map[string]struct {
		src, settings string
		rules         []string // about evidence that find a problem
	}{
		"a list":                       {head + "}", "", nil},
		"an empty file":                {"\n", "", []string{"quality.evidence-readable", "quality.sbom"}},
		"an old flaw":                  {head + strings.Replace(flaw, "ANALYSIS", "", 1) + "}", "", []string{"quality.vulnerabilities"}},
		"an old flaw, given more time": {head + strings.Replace(flaw, "ANALYSIS", "", 1) + "}", "  evidence: {open: {withoutFix: {critical: 365d}}}\n", nil},
		"an answered flaw":             {head + strings.Replace(flaw, "ANALYSIS", `,"analysis":{"state":"not_affected","detail":"never called"}`, 1) + "}", "", nil},
		"a forbidden licence":          {head + "}", forbids, []string{"quality.licences"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := with(t, map[string]string{
				"catalog.yaml": base["catalog.yaml"] + c.settings,
				boardPath:      strings.Replace(board, "stage: prototype", "stage: production", 1),
				file:           c.src,
			})
			var got []string
			for _, p := range decide(t, e, policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}).Problems {
				if strings.HasPrefix(p.Rule, "quality.") && p.Rule != "quality.tests" && p.Rule != "quality.slo" {
					got = append(got, p.Rule)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.rules) {
				t.Errorf("rules %v, want %v", got, c.rules)
			}
		})
	}
}
