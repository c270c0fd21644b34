package oldrules

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/policies/policiestest"
)

// TestJudges: what was taken in says of apps what it said before.
func TestJudges(t *testing.T) {
	t.Parallel()
	const plain = "  runtime: {type: static}\n  access: {groups: [everyone]}\n"
	runs := func(image, more string) string {
		return fmt.Sprintf("  runtime: {type: container, image: %q%s}\n  access: {groups: [everyone]}\n", image, more)
	}
	const ours, unapproved = "registry.example.com/board:latest", "unapproved.registry.com/board:1"
	for name, c := range map[string]struct {
		of   string // the case that is taken in
		app  string // in place of the runtime and access of the board
		want map[string]string
	}{
		"a scope nobody approved":   {"playbooks", "  runtime: {type: container, image: registry.example.com/board:1}\n  access: {groups: [everyone], scopes: [external_network]}\n", map[string]string{"microapp.gate": "asks security"}},
		"an approved registry":      {"playbooks", runs(ours, ""), map[string]string{}},
		"an unapproved registry":    {"playbooks", runs(unapproved, ""), map[string]string{"policy.container": "The app does not pass `allow` of policy.container."}},
		"an app without an image":   {"playbooks", plain, map[string]string{"policy.container": "The app does not pass `allow` of policy.container."}},
		"a destination":             {"playbooks", runs(ours, "") + "  egress: [unapproved-service.com]\n", map[string]string{"own.microapp": "The app does not pass `allow` of microapp."}},
		"another destination":       {"playbooks", runs(ours, "") + "  egress: [other.example.com]\n", map[string]string{}},
		"hosts of a list":           {"playbooks", runs(ours, "") + "  egress: [blocked.example.com, rates.example.com, tiles.example.com]\n", map[string]string{"microapp.hosts": "a host by a name; a host of the list; a host that a function knows"}},
		"a registry of parameters":  {"gatekeeper", runs(unapproved, ""), map[string]string{"own.k8sallowedrepos": "container <board> has an invalid image repo <unapproved.registry.com/board:1>, allowed repos are [\"registry.example.com/\"]"}},
		"the latest":                {"gatekeeper", runs(ours, ""), map[string]string{"own.k8snolatest": "board uses latest"}},
		"no image":                  {"gatekeeper", plain, map[string]string{}},
		"too much memory":           {"conftest", runs(ours, ", memory: 1Gi"), map[string]string{"own.deployment": "Containers must provide team label for pod selectors; board has too much"}},
		"data that is written":      {"conftest", runs(ours, "") + "  data: [{dataset: notes, access: write, purpose: notes}, {dataset: archive-notes, access: write, purpose: x}]\n", map[string]string{"own.deployment": "Containers must provide team label for pod selectors", "own.app-regulated": "regulated data is written: notes"}},
		"a region of another world": {"conftest", runs(ours, ", regions: [us-1, eu-1]"), map[string]string{"own.deployment": "Containers must provide team label for pod selectors", "shop.today": "us-1 is not in Europe"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edits := policiestest.Edit(plain, c.app)
			if c.want["own.app-regulated"] != "" {
				edits = policiestest.Edit("classification: internal\n"+plain, "classification: restricted\n"+c.app)
			}
			report := Files(inputs(cases(t)["testdata/"+c.of+".txtar"]))
			written := map[string]bool{}
			for _, d := range report.Documents {
				edits[d.Path] = d.Text
			}
			s := policiestest.With(t, edits)
			e := policiestest.NewEngine(t)
			for _, r := range policiestest.RulesOf(t, e, s).Rules() {
				written[r.ID] = r.Own
			}
			d := policiestest.Decide(t, e, policies.Question{Governing: s, Proposed: s})
			if d.Verdict == policies.Error || d.Verdict == policies.Invalid {
				t.Fatalf("%s: %s %+v", d.Verdict, d.Reason, d.Problems)
			}
			got := map[string]string{}
			for _, p := range d.Problems {
				if written[p.Rule] {
					if got[p.Rule] != "" {
						got[p.Rule] += "; "
					}
					got[p.Rule] += p.Message
				}
			}
			for _, a := range d.Approvals.Required {
				if strings.Contains(a.Reason, "External network access requires approval") {
					got["microapp.gate"] = "asks " + a.Role
				}
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("the rules say %q, want %q", got, c.want)
			}
		})
	}
}
