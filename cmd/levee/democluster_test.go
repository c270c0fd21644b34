package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestKubernetesDemo plays the story in a cluster; every act checks what it tells, and nothing of it
// is left, also where it is interrupted.
func TestKubernetesDemo(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{})
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := kubetest.WriteKubeconfig(kubeconfig, control.Config()); err != nil {
		t.Fatal(err)
	}
	client := newKubectl(t, control.Config()).client
	for name, test := range map[string]struct {
		until string // it says this
		code  int
		says  string
	}{
		"to the end":  {"in no act at all", exit.CodeFine, "10 acts, all as told."},
		"interrupted": {"── 3.", exit.CodeError, "── 3."},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			out := watched{word: test.until, seen: interrupt}
			if code := run(ctx, []string{"demo", "--kubernetes", "--kubeconfig", kubeconfig}, terminal.IO{Out: &out, Err: &out, Now: time.Now}); code != test.code {
				t.Errorf("exit code %d\n%s", code, &out.text)
			}
			for _, said := range []string{test.says, "What the story made in the cluster is deleted."} {
				if !strings.Contains(out.text.String(), said) {
					t.Errorf("it does not say %q:\n%s", said, &out.text)
				}
			}
			left, err := client.Resource(namespaceResource).List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range left.Items {
				if strings.HasPrefix(one.GetName(), "levee-demo-") {
					t.Errorf("the namespace %s is left", one.GetName())
				}
			}
		})
	}
}

// TestDemoFlags: what is for a story in a cluster is of no use without one, and a cluster that does
// not answer is told before anything is played.
func TestDemoFlags(t *testing.T) {
	t.Parallel()
	away := filepath.Join(t.TempDir(), "kubeconfig")
	if err := kubetest.WriteKubeconfig(away, &rest.Config{Host: "https://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no cluster":   {[]string{"--kubeconfig", away}, exit.CodeUsage, "say --kubernetes too"},
		"not pinned":   {[]string{"--kubernetes", "--kubeconfig", away, "--image", "pause"}, exit.CodeUsage, "pin it by its digest"},
		"not there":    {[]string{"--kubernetes", "--kubeconfig", away + ".none"}, exit.CodeUsage, "name a file with --kubeconfig"},
		"not answered": {[]string{"--kubernetes", "--kubeconfig", away}, exit.CodeError, "name another cluster with --kubeconfig"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			code := run(t.Context(), append([]string{"demo"}, test.args...), terminal.IO{Out: &out, Err: &out, Now: time.Now})
			if code != test.code || !strings.Contains(out.String(), test.says) {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, &out)
			}
			if strings.Contains(out.String(), "── 1.") {
				t.Errorf("it plays:\n%s", &out)
			}
		})
	}
}
