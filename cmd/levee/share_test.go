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
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// sharing is a world whose staging is a cluster with Rollouts and gives a share of the replicas new content
// first, with a daemon beside it.
type sharing struct {
	*world
	t       *testing.T
	cluster *kubetest.Cluster
	client  dynamic.Interface
	log     bytes.Buffer
	stop    func()
}

func newSharing(t *testing.T) *sharing {
	t.Helper()
	control := kubetest.Start(t, kubetest.Options{Bare: true})
	control.ServeRollouts(t)
	client, err := dynamic.NewForConfig(control.Config())
	if err != nil {
		t.Fatal(err)
	}
	inventories := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "levee-system"}}}
	if _, err := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(t.Context(), inventories, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	s := &sharing{world: emptyWorld(t), t: t, cluster: control, client: client, stop: func() {}}
	files := reconcilertest.Governance(s.keys)
	files["catalog.yaml"] = strings.NewReplacer("limits: {", "limits: {registries: [registry.example.com], ", "{name: staging", "{name: staging, strategy: {share: 20, for: 30m}").Replace(settingsFile)
	s.found(files)
	if err := kubetest.WriteKubeconfig(filepath.Join(s.dir, "kubeconfig"), control.Config()); err != nil {
		t.Fatal(err)
	}
	s.write("levee.yaml", strings.Replace(s.read("levee.yaml"), "{kind: directory, root: run}", "{kind: kubernetes, kubeconfig: kubeconfig}", 1)+"\npoll: 200ms\n")
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("the daemon said\n%s", &s.log)
		}
	})
	return s
}

// restart ends the daemon and begins another.
func (s *sharing) restart() {
	s.stop()
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() {
		run(ctx, []string{"serve", "--config", filepath.Join(s.dir, "levee.yaml")}, terminal.IO{Out: &s.log, Err: &s.log, Now: s.now})
	})
	s.stop = func() {
		cancel()
		served.Wait()
		s.stop = func() {}
	}
}

// publish brings a version of the board.
func (s *sharing) version(version string) {
	s.t.Helper()
	image := fmt.Sprintf("runtime: {type: static, image: \"registry.example.com/board@sha256:%064s\"}", strings.ReplaceAll(version, ".", ""))
	s.publish("ana", "board-"+strings.ReplaceAll(version, ".", "-"), map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: "+version, "runtime: {type: static}", image)})
}

// await waits for a Rollout with so many replicas of a version.
func (s *sharing) await(want string) {
	s.t.Helper()
	got := ""
	for end := time.Now().Add(reconcilertest.Patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		s.later(time.Second) // the daemon waits by this clock
		live, err := s.client.Resource(schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "rollouts"}).Namespace("staging-board").Get(s.t.Context(), "board", metav1.GetOptions{})
		if err != nil {
			continue
		}
		n, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
		version, _, _ := unstructured.NestedString(live.Object, "spec", "template", "metadata", "labels", "app.kubernetes.io/version")
		if got = fmt.Sprintf("%d of %s", n, version); got == want {
			return
		}
	}
	s.t.Fatalf("staging runs %q, want %s", got, want)
}

// far has the Rollout come so far, and waits for status to say it.
func (s *sharing) far(phase kubetest.RolloutPhase, words string) {
	s.t.Helper()
	s.cluster.SetRollout(s.t, "staging-board", "board", phase)
	s.says(words)
}

func (s *sharing) says(words string) {
	s.t.Helper()
	for end := time.Now().Add(reconcilertest.Patience); ; time.Sleep(200 * time.Millisecond) {
		s.later(5 * time.Second)
		if s.levee("status", "board"); strings.Contains(s.out.String(), words) {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("levee status board never says %s, but\n%s", words, &s.out)
		}
	}
}

// TestShareBesideDaemon: a share of the replicas has new content first, beside a daemon that ends in the middle of it,
// is overtaken by newer content, contained, released, and fails.
func TestShareBesideDaemon(t *testing.T) {
	s := newSharing(t)
	s.restart()
	s.version("1.0.0")
	s.await("1 of 1.0.0")
	s.far(kubetest.RolloutHealthy, "ready since")
	s.wantSaid("in staging it comes to 20% of the replicas first, for 30m, and then to the others")

	const shared = "20% of its replicas have it until "
	s.version("1.1.0")
	s.await("1 of 1.1.0")
	s.far(kubetest.RolloutPaused, shared)
	s.restart()
	s.says(shared)

	s.version("1.2.0")
	s.await("1 of 1.2.0")
	s.says("progressing since")
	s.far(kubetest.RolloutPaused, shared)

	s.must("quarantine", "board", "--reason", "it leaks data")
	s.await("0 of 1.2.0")
	s.restart()
	s.version("1.3.0")
	time.Sleep(time.Second)
	s.await("0 of 1.2.0") // it waits
	s.must("release", "board", "--reason", "mended")
	s.await("1 of 1.3.0")

	s.far(kubetest.RolloutAborted, "failing since")
	s.wantSaid(`RolloutAborted: metric "errors" assessed Failed`)
	s.version("1.4.0")
	s.await("1 of 1.4.0")
	s.far(kubetest.RolloutHealthy, "ready since")
	s.wantAudit()
}
