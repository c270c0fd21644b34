package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// canaries are secrets of ten kinds, by the place in which they are planted. They are put
// together here so that nobody's scan finds them.
var canaries = map[string]string{
	"title":       "npm_" + "k3Jd82jfKs92kdJf82ksJdf82jKs92dkJf82",
	"description": "ghp_" + "R8f3kd92jfkDk29slqkfieEE93kfm2Kds9qp",
	"label":       "glpat-" + "k3Jd82jfKs92kdJf82ks",
	"egress":      awsKey,
	"readme":      "sk_live_" + "51HqLyjWDarjtT1zdp7dcFGh8",
	"scaffold":    "AIza" + "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
	"chart":       "xoxb-" + "263594206564-2343594206574-" + "FGqddMF8t08v8N7Oq4i57vs1",
	"evidence":    "hvs." + "CAESIKx9zq2mNVpLWcTyB3uFh7Ed0RgJsKo1iXvA4rZ8tQwYGh4KHGh2cy5Na2Zq0ZyJ3bFh1Qm5kT2xWcTdLdEhJc",
	"comment":     "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi",
	"message":     "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
}

// plant puts them into a change of an app, and one of governance.
func plant() (app, governance map[string]string) {
	key := "# -----BEGIN RSA PRIVATE " + "KEY-----\n" + strings.Repeat("# "+canaries["comment"]+"\n", 4) + "# -----END RSA PRIVATE " + "KEY-----\n"
	return map[string]string{
			boardPath("board"): key + boardFile("board", slices.Concat(medium("1.1.0"), []string{
				"title: ", "title: \"" + canaries["title"] + "\"\n  description: \"" + canaries["description"] + "\" #",
				"costCenter: ", "note: \"" + canaries["label"] + "\", costCenter: ",
				"  budget: ", "  egress: [\"" + canaries["egress"] + ".example.com\"]\n  budget: ",
			})...),
			"apps/ops/board/README.md":               "use " + canaries["readme"] + "\n",
			"apps/ops/board/chart/values.yaml":       "slack: " + canaries["chart"] + "\n",
			"apps/ops/board/evidence/sbom.cdx.json":  "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"type\":\"library\",\"name\":\"" + canaries["evidence"] + "\",\"version\":\"1\"}]}",
			"apps/ops/board/evidence/scan.sarif.txt": canaries["evidence"],
		}, map[string]string{
			"blueprints/page/1/scaffold/config.txt": "maps: " + canaries["scaffold"] + "\n",
		}
}

// TestCanaries plants a secret of each kind in each place of a change that can carry one, and
// looks for it in every byte that the commands, the log and the ledger say of it.
func TestCanaries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	app, governance := plant()
	valid := boardFile("board", slices.Concat(medium("1.1.0"), []string{"title: ", "title: \"" + canaries["title"] + "\" #", "costCenter: ", "note: \"" + canaries["label"] + "\", costCenter: "})...)
	for branch, files := range map[string]map[string]string{"publish/x": app, "publish/y": governance, "publish/z": {boardPath("board"): valid}} {
		w.remote.Commit(branch, gitrepotest.Change{
			From: w.remote.Branch("main"), Write: files, Message: "Log in with " + canaries["message"],
			Author: "ana <ana@example.com>", Key: w.keys["ana"],
		})
	}
	w.pass()
	w.wantUnsaid(t, "the review")
	w.wantSaid("holds a secret (AWS access token)")
	for _, change := range []string{"publish/x", "publish/y", "publish/z"} {
		for _, format := range []string{"table", "json"} {
			w.levee("status", change, "-o", format)
			w.wantUnsaid(t, "status "+change)
		}
	}
	w.wantSaid("secrets.in-repository")
	w.levee("plan", "publish/x")
	w.wantUnsaid(t, "plan")
	w.levee("approve", "publish/x", "--as", "ben", "--key", w.keys["ben"].File)
	w.wantUnsaid(t, "approve")
	w.pass()
	w.wantRuns("staging", "board=1.0.0")
	w.push(map[string]string{boardPath("board"): valid}) // past the check
	w.pass()
	w.wantUnsaid(t, "the landing of what can be read")
	w.push(app)
	w.push(governance)
	w.pass()
	w.wantUnsaid(t, "the landing")
	w.wantRuns("staging", "board=1.0.0")
	for _, args := range [][]string{{"status"}, {"status", "board"}, {"status", "-o", "json"}, {"due"}, {"audit", "log"}, {"plan"}, {"doctor"}} {
		w.levee(args...)
		w.wantUnsaid(t, strings.Join(args, " "))
	}
	w.wantAudit()
	wantUnheld(t, w.remote, "levee/ledger")
}

// TestCanariesOnGitHub is the same for what is written beside a pull request, with its title.
func TestCanariesOnGitHub(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "")
	w.pass()
	app, _ := plant()
	number := w.hub.Open(githubtest.Pull{By: "ana", Title: "Log in with " + canaries["message"], Branch: "x", Base: "main", Head: w.commit("", "ana", app)})
	w.pass()
	w.wantUnsaid(t, "the review")
	said := w.comment(number) + strings.Join(w.told(number), "\n") + fmt.Sprintf("%+v %+v", w.hub.Checks(), w.hub.Requests())
	if !strings.Contains(said, "The title of the change holds a secret (JWT)") || !strings.Contains(said, "secrets.in-repository") {
		t.Errorf("it is not told:\n%s", said)
	}
	for place, value := range canaries {
		if strings.Contains(said, value[:16]) {
			t.Errorf("the secret in the %s is shown:\n%s", place, said)
		}
	}
	wantUnheld(t, w.remote, "levee/ledger")
}

// wantUnsaid fails if a canary is in what was printed or logged.
func (w *world) wantUnsaid(t *testing.T, by string) {
	t.Helper()
	for place, value := range canaries {
		if said := w.out.String(); strings.Contains(said, value) || strings.Contains(said, value[:16]) {
			t.Errorf("%s: the secret in the %s is said:\n%s", by, place, said)
		}
	}
}

// wantUnheld fails if a canary is in any object of a branch.
func wantUnheld(t *testing.T, remote *gitrepotest.Remote, branch string) {
	t.Helper()
	objects := remote.GitInput(remote.Git("rev-list", "--objects", "--no-object-names", branch), "cat-file", "--batch")
	if !strings.Contains(objects, "secrets.in-repository") {
		t.Error("the ledger does not say what was found")
	}
	for place, value := range canaries {
		if i := strings.Index(objects, value[:16]); i >= 0 {
			t.Errorf("the ledger holds the secret in the %s: …%s…", place, objects[max(0, i-200):min(len(objects), i+100)])
		}
	}
}
