package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestDataOwnersAreAsked: a change by which an app comes to use a data set of the catalog waits
// for whoever owns the data, and for nobody else.
func TestDataOwnersAreAsked(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	rates := "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: rates}\nspec: {owner: {person: eve, team: ops, fallback: chris}, classification: internal, sandbox: true}\n"
	roles := strings.Replace(reconcilertest.Roles(w.Keys), "    product-owner:", "    data-steward: [{person: ana}]\n    product-owner:", 1)
	w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"data/rates.yaml": rates, "roles.yaml": roles})
	w.Pass()
	use := "  data: [{dataset: rates, access: read, purpose: convert, retention: 30d}]\n  budget:"
	w.Publish("ana", "x", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0", "  budget:", use))
	w.Pass()
	w.WantTold("change publish/x: pending", "approval by data:rates: the app comes to read the data set `rates`; ask chris, eve")
	w.WantPreview("x", "The owner of the data set `rates`: please ask `chris` or `eve`, because the app comes to read the data set `rates`.")
	w.Approve("dana", "x") // who owns nothing
	w.Pass()
	w.WantTold("approval by data:rates")
	w.Approve("eve", "x")
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "board=1.1.0")
	w.Publish("ana", "y", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.2.0", "  budget:", use))
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "board=1.2.0") // what was approved is not asked for again
	w.WantAudit()
}

// TestNobodyOwnsData: where nobody is left who owns the data, it is said why each cannot approve,
// and what would have to change.
func TestNobodyOwnsData(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	rates := "apiVersion: levee.dev/v1\nkind: DataSet\nmetadata: {name: rates}\nspec: {owner: {person: eve, team: ops}, classification: internal, sandbox: true}\n"
	roles := strings.Replace(reconcilertest.Roles(w.Keys), "    eve: {", "    eve: {left: true, ", 1)
	w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"data/rates.yaml": rates, "roles.yaml": roles})
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.1.0", "  budget:", "  data: [{dataset: rates, access: read, purpose: convert, retention: 30d}]\n  budget:"))
	w.Pass()
	w.WantTold("approval by data:rates", "nobody can give it: `eve` no longer works here; a change of `data/rates.yaml` has to name an owner or fallback who can")
}
