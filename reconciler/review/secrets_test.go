package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// awsKey looks like a key, and is put together here so that nobody's scan finds it.
const awsKey = "AKIA" + "Y34FZKBOKMUTVV7A"

// TestSecrets: a change with a secret is refused wherever that is: beside an app, in governance
// where it changes no meaning, in the message of a commit. Once it is taken out of the file, the
// change goes on.
func TestSecrets(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "board")
	w.Pass()
	note := func(text string) reconcilertest.Files {
		files := reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.1")
		files["apps/ops/board/README.md"] = text
		return files
	}
	for branch, files := range map[string]reconcilertest.Files{
		"a": note("key: " + awsKey + "\n"),
		"b": {"roles.yaml": reconcilertest.Roles(w.Keys) + "# ben's is " + awsKey + "\n"},
		"c": {"notes/wide.txt": "\xff\xfek\x00:\x00 \x00" + strings.Join(strings.Split(awsKey, ""), "\x00") + "\x00"},
	} {
		w.Publish("ana", branch, files)
		w.Pass()
		p := w.Preview(branch)
		if p.State != "failure" || !strings.Contains(p.Text, "holds a secret (AWS access token)") || strings.Contains(p.Text+p.Meaning, awsKey) {
			t.Errorf("%s: %s\n%s", branch, p.State, p.Text)
		}
	}
	w.Remote.Commit("publish/d", gitrepotest.Change{
		From: w.Remote.Branch("main"), Message: "Log in\n\nwith " + awsKey, Author: "ana <ana@example.com>", Key: w.Keys["ana"],
		Write: reconcilertest.BoardFile("board", "version: 1.0.0", "version: 1.0.2"),
	})
	w.Pass()
	if p := w.Preview("d"); p.State != "failure" || !strings.Contains(p.Text, "The message of commit") {
		t.Errorf("in a message: %s\n%s", p.State, p.Text)
	}
	w.WantRuns("staging", "board=1.0.0")
	w.Publish("ana", "a", note("key: in the store\n"))
	w.Pass()
	w.Pass()
	w.WantRuns("staging", "board=1.0.1")
	w.WantAudit()
}
