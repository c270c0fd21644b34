package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestKubernetesWalk types what docs/kubernetes.md says from an empty cluster to an app that was
// approved, runs, is contained and released, and takes it all away.
func TestKubernetesWalk(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{})
	manual, err := os.ReadFile("../../docs/kubernetes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, walk, _ := strings.Cut(string(manual), "## From an empty cluster to an app\n")
	walk, _, _ = strings.Cut(walk, "\n## ")
	var typed strings.Builder
	typed.WriteString("trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n") // what goes on beside it ends with it, or its output never would
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(walk, -1) {
		typed.WriteString(block[1])
	}
	dir := t.TempDir()
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := kubetest.WriteKubeconfig(kubeconfig, control.Config()); err != nil {
		t.Fatal(err)
	}
	// kubectl is beside the servers.
	path := filepath.Dir(program(t)) + ":" + os.Getenv(kubetest.Servers) + ":" + os.Getenv("PATH")
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", typed.String())
	cmd.Dir = dir
	cmd.Env = []string{
		"HOME=" + dir, "KUBECONFIG=" + kubeconfig, "PATH=" + path, "TMPDIR=" + os.Getenv("TMPDIR"), "GIT_CONFIG_NOSYSTEM=1", "LANG=C.UTF-8",
	}
	raw, err := cmd.CombinedOutput()
	out := string(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, said := range []string{
		"1 app: 1 allowed", "24 well, 0 wrong, 0 could not be told", "create hello-board in staging: done", "hello-board belongs to Levee", "ask ben",
		"change Namespace/staging-hello-board (version 0.1.0 → 0.2.0", "only its labels, as above", "landed as ", "staging: hello-board contained",
		"hello-board-levee-contained", "staging: hello-board released", "cut in staging after ", "back after ", "nothing found",
	} {
		if !strings.Contains(out, said) {
			t.Errorf("it does not say %q:\n%s", said, out)
		}
	}
	left, err := newKubectl(t, control.Config()).client.Resource(namespaceResource).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range left.Items {
		if name := one.GetName(); name != "default" && !strings.HasPrefix(name, "kube-") {
			t.Errorf("the namespace %s is left", name)
		}
	}
}
