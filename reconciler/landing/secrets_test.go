package landing_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// awsKey looks like a key, and is put together here so that nobody's scan finds it.
const awsKey = "AKIA" + "Y34FZKBOKMUTVV7A"

// TestSecretsThatLanded: what was pushed past the check with a secret in it is held until it
// is taken out; in governance it is reported also where it changes no meaning.
func TestSecretsThatLanded(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	files := reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1")
	files["apps/ops/board/README.md"] = "key: " + awsKey + "\n"
	w.Push(files)
	w.Pass()
	w.WantRuns("staging", "board=1.0.0")
	w.WantRecorded("held: board (deny)")
	w.Push(reconcilertest.Files{"apps/ops/board/README.md": "key: in the store\n"})
	w.Pass()
	w.WantRuns("staging", "board=1.0.1")
	w.Push(reconcilertest.Files{"roles.yaml": reconcilertest.Roles(w.Keys) + "# ben's is " + awsKey + "\n"})
	w.Pass()
	w.WantRecorded("a secret in roles.yaml")
	w.WantAudit()
}
