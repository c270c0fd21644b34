package main

import (
	"os"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/policies"
)

// TestMain serves as the child that tries proposed rules, where the daemon under test
// starts it: this program is then the test.
func TestMain(m *testing.M) {
	if os.Getenv(policies.TrialVariable) != "" {
		serveTrial()
	}
	os.Exit(m.Run())
}

// TestProposedRulesEndNobody: rules that take all memory, in their tests or over the apps
// that run, are their change's problem; beside them others are reviewed, land and run.
func TestProposedRulesEndNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board", "desk")
	w.pass()
	wide := `count({x | some a in numbers.range(1, 90000); some b in numbers.range(1, 90000); x := sprintf("%d-%d-` + strings.Repeat("0123456789", 2000) + `", [a, b])}) > 0`
	rule := "# METADATA\n# title: Wide\n# custom: {id: own.wide}\npackage own.wide\n\nproblem contains {\"field\": \"spec.title\", \"message\": \"x\"} if "
	w.publish("eve", "over-apps", map[string]string{"policies/wide.rego": rule + wide + "\n"})
	w.publish("eve", "in-tests", map[string]string{"policies/wide.rego": rule + "false\n", "policies/wide_test.rego": "package own.wide_test\n\ntest_it if " + wide + "\n"})
	w.publish("eve", "fine", map[string]string{"policies/fine.rego": rule + "input.app.metadata.name == \"desk\"\n"})
	w.publish("ana", "healthy", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0")})
	w.pass()
	w.wantSaid("change publish/over-apps: failure", "change publish/in-tests: failure", "change publish/fine: pending", "change publish/healthy: success")
	w.pass()
	w.wantRuns("staging", "board=1.1.0", "desk=1.0.0")
	w.must("status", "publish/over-apps")
	w.wantSaid("`policies/wide.rego`", "What to do: ")
	w.must("status", "publish/fine")
	w.wantSaid("What follows for apps that run (1 of 2)", "`desk`: from “fine” to “something to fix”")
	w.wantAudit()
}
