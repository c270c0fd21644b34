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
		folder  = "apps/ops/board/evidence/"
		head    = `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-03-09T10:00:00Z"},"components":[{"type":"library","bom-ref":"p","name":"left-pad","version":"1.0","licenses":[{"license":{"id":"GPL-3.0-only"}}]}]`
		flaw    = `,"vulnerabilities":[{"id":"CVE-1","ratings":[{"score":9.8}],"published":"2026-01-01T00:00:00Z","affects":[{"ref":"p"}]ANALYSIS}]`
		junit   = `<testsuite><testcase name="one"/></testsuite>`
		lcov    = "TN:\nSF:a.js\nDA:1,1\nend_of_record\n"
		forbids = "  evidence: {licences: {forbidden: [GPL-*]}}\n"
	)
	e := newEngine(t)
	for name, c := range map[string]struct {
		src, settings string
		rules         []string // about evidence that find a problem
		beside        []string // another file and its content
	}{
		"a list":                       {src: head + "}"},
		"an empty file":                {src: "\n", rules: []string{"quality.evidence-readable", "quality.sbom"}},
		"an old flaw":                  {src: head + strings.Replace(flaw, "ANALYSIS", "", 1) + "}", rules: []string{"quality.vulnerabilities"}},
		"an old flaw, given more time": {src: head + strings.Replace(flaw, "ANALYSIS", "", 1) + "}", settings: "  evidence: {open: {withoutFix: {critical: 365d}}}\n"},
		"an answered flaw":             {src: head + strings.Replace(flaw, "ANALYSIS", `,"analysis":{"state":"not_affected","detail":"never called"}`, 1) + "}"},
		"a flaw that another file answers": {src: head + strings.Replace(flaw, "ANALYSIS", "", 1) + "}",
			beside: []string{"board.openvex.json", `{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-1"},"status":"not_affected","impact_statement":"never called"}]}`}},
		"a forbidden licence": {src: head + "}", settings: forbids, rules: []string{"quality.licences"}},
		"failed tests":        {src: head + "}", beside: []string{"junit.xml", strings.Replace(junit, "/>", "><failure/></testcase>", 1)}, rules: []string{"quality.tests", "quality.tests"}},
		"code that none runs": {src: head + "}", beside: []string{"lcov.info", strings.Replace(lcov, "1,1", "1,0", 1)}, rules: []string{"quality.coverage"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{
				"catalog.yaml":           base["catalog.yaml"] + c.settings,
				boardPath:                strings.Replace(board, "stage: prototype", "stage: production", 1),
				folder + "sbom.cdx.json": c.src, folder + "junit.xml": junit, folder + "lcov.info": lcov,
			}
			if c.beside != nil {
				files[folder+c.beside[0]] = c.beside[1]
			}
			s := with(t, files)
			var got []string
			for _, p := range decide(t, e, policies.Question{Governing: s, Proposed: s, Path: boardPath, Now: now}).Problems {
				if strings.HasPrefix(p.Rule, "quality.") && p.Rule != "quality.slo" {
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
