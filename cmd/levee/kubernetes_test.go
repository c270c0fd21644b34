package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestKubernetes: what was approved runs in a cluster, beside a running daemon: published,
// promoted, put right, contained and released. A chart that asks for too much is a problem of
// the change.
func TestKubernetes(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{})
	client, err := dynamic.NewForConfig(control.Config())
	if err != nil {
		t.Fatal(err)
	}
	namespaces, deployments := schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}, schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	inventories := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "levee-system"}}}
	if _, err := client.Resource(namespaces).Create(t.Context(), inventories, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w := emptyWorld(t)
	files := reconcilertest.Governance(w.keys)
	files["catalog.yaml"] = strings.Replace(settingsFile, "limits: {", "limits: {registries: [registry.example.com], ", 1)
	w.found(files)
	if err := kubetest.WriteKubeconfig(filepath.Join(w.dir, "kubeconfig"), control.Config()); err != nil {
		t.Fatal(err)
	}
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "{kind: directory, root: run}", "{kind: kubernetes, kubeconfig: kubeconfig}", 1))

	image := func(version string) []string {
		return []string{"version: 1.0.0", "version: " + version, "runtime: {type: static}", fmt.Sprintf("runtime: {type: static, image: \"registry.example.com/board@sha256:%064s\"}", strings.ReplaceAll(version, ".", ""))}
	}
	// replicas is how many pods the app has in an environment, and of which version.
	replicas := func(environment string) string {
		live, err := client.Resource(deployments).Namespace(environment+"-board").Get(t.Context(), "board", metav1.GetOptions{})
		if err != nil {
			return "none"
		}
		n, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
		return fmt.Sprintf("%d of %s", n, live.GetAnnotations()["levee.dev/version"])
	}
	await := func(environment, want string) {
		t.Helper()
		got := ""
		for end := time.Now().Add(reconcilertest.Patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			w.later(time.Second) // the daemon waits by this clock
			if got = replicas(environment); got == want {
				return
			}
		}
		t.Fatalf("%s runs %s, want %s", environment, got, want)
	}

	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 200ms\n")
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	var served sync.WaitGroup
	served.Go(func() {
		run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, terminal.IO{Out: &log, Err: &log, Now: w.now})
	})
	defer func() {
		stop()
		served.Wait()
		if t.Failed() {
			t.Logf("the daemon said\n%s", &log)
		}
	}()
	w.publish("ana", "board", map[string]string{boardPath("board"): boardFile("board", image("1.0.0")...)})
	await("staging", "1 of 1.0.0")

	_, err = client.Resource(deployments).Namespace("staging-board").Patch(t.Context(), "board", types.MergePatchType, []byte(`{"spec":{"replicas":5}}`), metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		t.Fatal(err)
	}
	await("staging", "1 of 1.0.0")

	w.must("quarantine", "board", "--reason", "it leaks data")
	await("staging", "0 of 1.0.0")
	w.publish("ana", "fix", map[string]string{boardPath("board"): boardFile("board", image("1.0.1")...)})
	time.Sleep(2 * time.Second)
	await("staging", "0 of 1.0.0") // it waits
	w.must("release", "board", "--reason", "mended")
	await("staging", "1 of 1.0.1")

	// What costs too much runs on with less, whoever scales it; whoever does so again and again is named.
	scale := func() {
		t.Helper()
		if _, err := client.Resource(deployments).Namespace("staging-board").Patch(t.Context(), "board", types.MergePatchType, []byte(`{"spec":{"replicas":5}}`), metav1.PatchOptions{FieldManager: "a-scaler"}); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(reconcilertest.Patience); ; time.Sleep(200 * time.Millisecond) { // each is corrected, or there would be fewer
			w.later(time.Second)
			now, err := client.Resource(deployments).Namespace("staging-board").Get(t.Context(), "board", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if replicas, _, _ := unstructured.NestedInt64(now.Object, "spec", "replicas"); replicas != 5 {
				break
			}
			if time.Now().After(end) {
				t.Fatal("the replicas are not brought back")
			}
		}
		await("staging", "1 of 1.0.1")
	}
	w.must("throttle", "board", "--reason", "it costs too much")
	w.wantSaid("staging: board throttled")
	for range 6 {
		scale()
	}
	says := func(words string, command ...string) {
		t.Helper()
		for end := time.Now().Add(reconcilertest.Patience); ; time.Sleep(200 * time.Millisecond) {
			w.later(time.Second)
			if w.levee(command...); strings.Contains(w.out.String(), words) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("levee %s never says %s, but\n%s", strings.Join(command, " "), words, &w.out)
			}
		}
	}
	says("spec.replicas of Deployment/board (written by a-scaler) is changed back again and again since ", "status", "board")
	w.wantSaid("board: throttled", ": it costs too much")
	w.must("release", "board", "--reason", "it is paid for")
	w.wantSaid("staging: board is no longer throttled, and the daemon brings back the rest")

	w.publish("eve", "chart", map[string]string{
		"blueprints/page/1/chart/Chart.yaml":         "apiVersion: v2\nname: page\nversion: 1.0.0\n",
		"blueprints/page/1/chart/templates/app.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  type: LoadBalancer\n",
	})
	says("opens the app, past what its access says", "status", "publish/chart")
	w.wantSaid("blueprints/page/1/chart/templates/app.yaml")
	says("ready since", "status", "board")
	w.wantAudit()
}
