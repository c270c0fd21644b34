package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestBesideDaemon: while the daemon serves, commands work on the same
// configuration; an app is contained even with the repository gone. A second daemon
// in the same folder is refused.
func TestBesideDaemon(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.write("levee.yaml", w.read("levee.yaml")+"\npoll: 50ms\nlisten: "+freeAddress(t)+"\nmetrics: "+freeAddress(t)+"\n")
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	var served sync.WaitGroup
	served.Go(func() {
		args := []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}
		run(ctx, args, terminal.IO{Out: &log, Err: &log, Now: time.Now})
	})
	defer served.Wait()
	defer stop()
	lock := filepath.Join(w.dir, "data", "mirror", "lock")
	reconcilertest.Until(t, "the daemon holds its mirror", func() bool { return locked(t, lock) })

	reconcilertest.Until(t, "it is ready", func() bool { return strings.Contains(get(t, w, "/readyz"), "ok") })
	for _, want := range []string{"levee_frozen 0", `levee_transitions_total{stage="due"} 0`, `levee_pass_duration_seconds_count{outcome="done"}`, "levee_rules_evaluated_total",
		`levee_app_health{environment="production",state="ready"} 1`, `levee_app_health{environment="staging",state="failing"} 0`,
		`levee_app_rollout{environment="production",state="applied"} 1`, `levee_app_rollout{environment="production",state="waiting"} 0`, `levee_apps_halted{cause="contained"} 0`} {
		if !strings.Contains(get(t, w, "/metrics"), want) {
			t.Errorf("/metrics lacks %s:\n%s", want, get(t, w, "/metrics"))
		}
	}
	w.clock = time.Now()
	w.must("status")
	w.wantSaid("board")
	w.must("due", "--horizon", "1d")
	if code := w.levee("serve"); code != exit.CodeError {
		t.Errorf("a second daemon: exit code %d", code)
	}
	w.wantSaid("another daemon works in the folder")

	if err := os.Rename(w.remote.Dir, w.remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	w.must("quarantine", "board", "--reason", "leaks", "--by", "oncall")
	w.wantSaid("production: board contained", "not recorded yet")
	w.wantRuns("production")
	if err := os.Rename(w.remote.Dir+".away", w.remote.Dir); err != nil {
		t.Fatal(err)
	}
	reconcilertest.Until(t, "the daemon records the mark", func() bool {
		w.must("status", "board")
		return bytes.Contains(w.out.Bytes(), []byte("contained by oncall (unproved): leaks"))
	})
	w.must("release", "board", "--reason", "mended", "--by", "oncall")
	reconcilertest.Until(t, "the daemon brings the app back", func() bool { return w.runs("production")["board"] == "1.0.0" && w.runs("staging")["board"] == "1.0.0" })
	if code := w.levee("drill", "board"); code != exit.CodeUsage {
		t.Errorf("a drill that nobody agreed to: exit code %d", code)
	}
	w.wantSaid("--yes")
	w.clock = time.Now()
	w.must("drill", "board", "--yes", "--by", "oncall")
	w.wantSaid("cut in staging, production after ", "back after ")
	w.must("status", "board")
	w.wantSaid("its kill switch was proved on ")
}

// ports are those that freeAddress gave away: below the ones that the system picks for
// connections, and each once in a process, so that tests side by side do not meet.
var ports atomic.Int64

// freeAddress is an address of the machine itself that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	const first, span = 20000, 10000
	for range span {
		address := fmt.Sprintf("127.0.0.1:%d", first+(int64(os.Getpid())*131+ports.Add(1))%span)
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("nobody can listen anywhere")
	return ""
}

// get asks the daemon of a world; empty where it does not answer.
func get(t *testing.T, w *world, path string) string {
	t.Helper()
	key := "\nlisten: "
	if path == "/metrics" {
		key = "\nmetrics: "
	}
	_, address, _ := strings.Cut(w.read("levee.yaml"), key)
	address, _, _ = strings.Cut(address, "\n")
	answer, err := http.Get("http://" + address + path)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return ""
	}
	return string(body)
}
