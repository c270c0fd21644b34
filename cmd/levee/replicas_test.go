package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// replica is a daemon in a process of its own.
type replica struct {
	name, address string
	cmd           *exec.Cmd
	log           bytes.Buffer
}

// program builds levee.
func program(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "levee")
	if out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return name
}

// serve starts a replica with a data folder of its own, until the test ends.
func (w *world) serve(program, name string) *replica {
	w.t.Helper()
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	r := &replica{name: name, address: port.Addr().String()}
	if err := port.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.write(name+".yaml", strings.Replace(w.read("levee.yaml"), "holder: one", "holder: "+name, 1)+fmt.Sprintf("data: data-%s\nlisten: %s\npoll: 200ms\n", name, r.address))
	r.cmd = exec.Command(program, "serve", "--config", filepath.Join(w.dir, name+".yaml"))
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = r.cmd.Process.Signal(os.Interrupt)
		_ = r.cmd.Wait()
		if w.t.Failed() {
			w.t.Logf("the replica %s said\n%s", name, &r.log)
		}
	})
	return r
}

// kill ends the process as a crash of its machine does.
func (r *replica) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// ready is what it answers under /readyz.
func (r *replica) ready() string {
	answer, err := http.Get("http://" + r.address + "/readyz")
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

// TestKubernetesReplicas: of two daemons one leads. Where it is killed the other takes over, and what
// was done is not done again.
func TestKubernetesReplicas(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{Bare: true})
	kubectl := newKubectl(t, control.Config())
	kubectl.mustApply("apiVersion: v1\nkind: Namespace\nmetadata: {name: levee-system}\n")
	w := emptyWorld(t)
	w.clock = time.Now() // the daemons have no other
	files := reconcilertest.Governance(w.keys)
	files["catalog.yaml"] = strings.Replace(settingsFile, "limits: {", "limits: {registries: [registry.example.com], ", 1)
	w.found(files)
	if err := kubetest.WriteKubeconfig(filepath.Join(w.dir, "kubeconfig"), control.Config()); err != nil {
		t.Fatal(err)
	}
	w.write("levee.yaml", strings.Replace(w.read("levee.yaml"), "{kind: directory, root: run}", "{kind: kubernetes, kubeconfig: kubeconfig}", 1)+"lease: {}\n")
	levee := program(t)

	one := w.serve(levee, "one")
	reconcilertest.Until(t, "the first one leads", func() bool { return strings.HasPrefix(one.ready(), "ok: this replica leads, one/") })
	two := w.serve(levee, "two")
	reconcilertest.Until(t, "the second one follows", func() bool { return strings.HasPrefix(two.ready(), "ok: it follows one/") })

	publish := func(name string) {
		t.Helper()
		image := fmt.Sprintf("runtime: {type: static, image: \"registry.example.com/%s@sha256:%064d\"}", name, 1)
		w.publish("ana", name, map[string]string{boardPath(name): boardFile(name, "runtime: {type: static}", image, "created: 2026-03-05", "created: "+w.clock.Format("2006-01-02"))})
	}
	recorded := func(name string) func() bool {
		return func() bool { return w.appliedIn(name) == 2 }
	}
	publish("board")
	reconcilertest.Until(t, "the leader applies an app, and records it", recorded("board"))
	one.kill()
	publish("desk")
	reconcilertest.Until(t, "the other leads", func() bool { return strings.HasPrefix(two.ready(), "ok: this replica leads, two/") })
	reconcilertest.Until(t, "it applies the next app", recorded("desk"))
	for _, name := range []string{"board", "desk"} {
		n := control.Audit().Since(0).Count(func(e kubetest.Event) bool {
			return e.Writes() && e.Resource == "deployments" && (e.Namespace == "staging-"+name || e.Namespace == "production-"+name)
		})
		if n != 2 {
			t.Errorf("%s was written %d times", name, n)
		}
	}
	w.wantAudit()
}

// appliedIn is in how many environments an app was applied, as it is recorded.
func (w *world) appliedIn(app string) int {
	w.t.Helper()
	if w.levee("status", app, "-o", "json") != exit.CodeFine {
		return 0 // it is not known yet
	}
	var said struct {
		Apps []struct {
			Applied map[string]struct{ Outcome string }
		}
	}
	if err := json.Unmarshal(w.out.Bytes(), &said); err != nil || len(said.Apps) != 1 {
		w.t.Fatalf("levee status %s: %v\n%s", app, err, &w.out)
	}
	n := 0
	for _, applied := range said.Apps[0].Applied {
		if applied.Outcome == "done" {
			n++
		}
	}
	return n
}
