package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestAttackFilesInChange: nothing inside a change grants the change anything:
// neither an approval written as a file nor weaker rules.
func TestAttackFilesInChange(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Publish("ana", "x", reconcilertest.Files{
		reconcilertest.BoardPath("board"):  reconcilertest.Board("board", reconcilertest.Medium("1.1.0")...),
		"apps/ops/board/approvals/ben.txt": "fine",
	})
	w.Pass()
	w.WantTold("pending")
	w.Publish("ana", "w", reconcilertest.Files{
		reconcilertest.BoardPath("board"): reconcilertest.Board("board", reconcilertest.Medium("1.2.0")...),
		"approvals/board.yaml":            "approved: true\n",
	})
	w.Pass()
	w.WantTold("The change touches governance and apps")
	w.Publish("ana", "y", reconcilertest.Files{
		reconcilertest.BoardPath("board"): reconcilertest.Board("board", reconcilertest.Medium("1.1.0")...),
		"catalog.yaml":                    reconcilertest.Settings + "  gates: {medium: {publish: automatic}}\n",
	})
	w.Pass()
	w.WantTold("The change touches governance and apps")
	w.Approve("chris", "y") // platform: governance only
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.Publish("ana", "z", reconcilertest.Files{"waivers/w.yaml": "apiVersion: levee.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {rule: runtime.limits, app: board, reason: r, expires: 2026-12-31}\n"})
	w.Pass()
	w.WantTold("approval by platform")
	w.Approve("chris", "z")
	w.Pass()
	w.WantTold("landed as")
	w.WantAudit()
}

// TestAttackRulesOfStrangers: rules that somebody proposes whom nobody knows are not
// run, not even their tests: they could take all the time and memory there is.
func TestAttackRulesOfStrangers(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	files := reconcilertest.Files{
		"policies/own.rego":      "# METADATA\n# title: Own\n# custom: {id: own.rule, remedy: Mend it.}\npackage own\n\nproblem contains {\"message\": \"No.\"} if false\n",
		"policies/own_test.rego": "package own_test\n\ntest_never if false\n",
	}
	w.Keys["mallory"] = gitrepotest.NewKey(t, "mallory")
	w.Publish("mallory", "stranger", files)
	w.Pass()
	w.WantTold("whom `roles.yaml` does not know")
	if strings.Contains(w.Told(), "test_never") {
		t.Errorf("of a stranger's rules it is said:\n%s", w.Told())
	}
	w.Publish("ana", "known", files)
	w.Pass()
	w.WantTold("The test `test_never` fails")
}
