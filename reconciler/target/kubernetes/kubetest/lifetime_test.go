package kubetest_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestSecondClusterStopsAndStarts has a cluster beside the shared one, whose API
// server goes and comes back over what it stored, with the controllers behind it.
func TestSecondClusterStopsAndStarts(t *testing.T) {
	first, second := shared.Cluster(t), kubetest.Start(t, kubetest.Options{Nodes: 2})
	where := client(t, second.Config()).Resource(deployments).Namespace("default")
	create(t, where, deployment("registry.example.com/fin/app:1"))
	until(t, where, "app", "available", has("Available", "True"))
	if list, err := client(t, first.Config()).Resource(deployments).Namespace("default").List(t.Context(), metav1.ListOptions{}); err != nil || len(list.Items) != 0 {
		t.Errorf("the first cluster has %v, %v", list, err)
	}

	second.StopAPIServer(t)
	if _, err := where.Get(t.Context(), "app", metav1.GetOptions{}); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("asking a stopped API server: %v", err)
	}
	second.StartAPIServer(t)
	if err := where.Delete(t.Context(), "app", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	create(t, where, strings.ReplaceAll(deployment("registry.example.com/fin/app:2"), "name: app}", "name: next}"))
	until(t, where, "next", "available", has("Available", "True"))

	second.KillAPIServer(t)
	second.StartAPIServer(t)
	until(t, where, "next", "available still", has("Available", "True"))
}

func TestStartThatFailsSaysWhy(t *testing.T) {
	kubetest.Skip(t)
	said := outcome(t, "TestChild", "fail")
	if !strings.Contains(said, "wait until kube-apiserver is ready: kube-apiserver ended") || !strings.Contains(said, "unknown flag: --no-such-flag") {
		t.Errorf("a start with a wrong flag says:\n%s", said)
	}
}

// TestServersEndWithTheProcess has a process start a control plane and panic.
func TestServersEndWithTheProcess(t *testing.T) {
	kubetest.Skip(t)
	said := outcome(t, "TestChild", "panic")
	if !strings.Contains(said, "panic: on purpose") {
		t.Fatalf("the child says:\n%s", said)
	}
	_, folder, _ := strings.Cut(said, "TMPDIR=")
	folder, _, _ = strings.Cut(folder, "\n")
	for deadline := time.Now().Add(20 * time.Second); len(processesOf(t, folder)) > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("these processes were left: %q", processesOf(t, folder))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// processesOf returns the command lines in which a folder is named.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Skip("this system does not list processes in /proc")
	}
	var those []string
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), folder) {
			those = append(those, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return those
}

// outcome runs one test of this package in a process of its own, which is to fail,
// and returns what it said.
func outcome(t *testing.T, test, how string) string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v")
	child.Env = append(os.Environ(), "KUBETEST_CHILD="+how, "TMPDIR="+t.TempDir())
	said, err := child.CombinedOutput()
	if err == nil {
		t.Fatalf("%s did not fail:\n%s", test, said)
	}
	return string(said)
}

// TestChild is what outcome runs.
func TestChild(t *testing.T) {
	switch os.Getenv("KUBETEST_CHILD") {
	case "fail":
		kubetest.Start(t, kubetest.Options{Bare: true, APIServer: []string{"--no-such-flag"}})
	case "panic":
		kubetest.Start(t, kubetest.Options{Bare: true})
		println("TMPDIR=" + os.TempDir())
		go panic("on purpose") // in the test's own goroutine its cleanup would still run
		select {}
	default:
		t.Skip("this is for tests that start it in a process of its own")
	}
}
