package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestKubernetesDoctor: before anything is installed in a cluster each of it is missing, and once
// all was applied that the commands print nothing is.
func TestKubernetesDoctor(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{Bare: true})
	kubectl := newKubectl(t, control.Config())
	w := emptyWorld(t)
	w.clock = time.Now() // the API server has no other
	w.found(reconcilertest.Governance(w.keys))
	kubeconfig := func(name, user string, groups ...string) string {
		file := filepath.Join(w.dir, name)
		if err := kubetest.WriteKubeconfig(file, control.ConfigFor(t, user, groups...)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const daemon = "system:serviceaccount:levee-system:levee"
	kubeconfig("daemon.kubeconfig", daemon)
	admin := kubeconfig("admin.kubeconfig", "ana", "system:masters")
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "{kind: directory, root: run}", "{kind: kubernetes, kubeconfig: daemon.kubeconfig}", 1))

	code, found := w.doctor("--kubeconfig", admin)
	if code != exit.CodeNo {
		t.Errorf("exit code %d\n%s", code, &w.out)
	}
	wrong := 0
	for what, c := range found {
		if c.State != target.CheckWell {
			wrong++
			if !strings.HasPrefix(what, "target directory: ") {
				t.Errorf("%s: %+v", what, c)
			}
		}
	}
	if wrong != 4 { // two roles, the namespace, the guard
		t.Errorf("%d checks are not well\n%s", wrong, &w.out)
	}

	kubectl.mustApply("apiVersion: v1\nkind: Namespace\nmetadata: {name: levee-system, labels: {pod-security.kubernetes.io/enforce: restricted}}\n")
	kubectl.mustApply(w.must("rbac"))
	w.out.Reset()
	_, printed, _ := strings.Cut(w.must("admission", "--allow", "eso"), "\n---\n") // warnings stand before it
	kubectl.mustApply(printed)
	for end := time.Now().Add(reconcilertest.Patience); ; time.Sleep(100 * time.Millisecond) {
		if code, _ = w.doctor("--kubeconfig", admin, "--allow", "eso"); code == exit.CodeFine {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("exit code %d\n%s", code, &w.out)
		}
	}
	if code, found = w.doctor("--allow", "eso"); code != exit.CodeError || found["target directory: guard"].State != target.CheckUnknown {
		t.Errorf("who may not read policies: exit code %d\n%s", code, &w.out)
	}
	if code, found = w.doctor("--kubeconfig", admin); code != exit.CodeNo || found["target directory: guard"].State != target.CheckWrong {
		t.Errorf("with other flags: exit code %d\n%s", code, &w.out)
	}
}
