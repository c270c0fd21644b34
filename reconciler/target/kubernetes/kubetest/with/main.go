// Command with runs another command beside a Kubernetes control plane of its own, from the servers
// in the folder that LEVEE_TEST_SERVERS names, and ends both:
//
//	go run ./reconciler/target/kubernetes/kubetest/with levee demo --kubernetes
//	go run ./reconciler/target/kubernetes/kubetest/with bash
//
// The command finds the cluster as kubectl does: KUBECONFIG names a file by which everything may be
// done there. Pods run nothing; kwok says that they are ready. The exit code is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "with: %v\n", err)
		code = 3
	}
	os.Exit(code)
}

// run runs a command, and returns its exit code.
func run(ctx context.Context, command []string) (int, error) {
	if len(command) == 0 {
		return 0, errors.New("name a command to run beside a control plane")
	}
	if os.Getenv(kubetest.Servers) == "" {
		return 0, fmt.Errorf("%s names no folder with servers; `make servers` builds one", kubetest.Servers)
	}
	cluster, err := kubetest.Launch(kubetest.Options{})
	if err != nil {
		return 0, err
	}
	defer cluster.Close()
	dir, err := os.MkdirTemp("", "with-")
	if err != nil {
		return 0, fmt.Errorf("make a folder for the kubeconfig: %w", err)
	}
	defer os.RemoveAll(dir)
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := kubetest.WriteKubeconfig(kubeconfig, cluster.Config()); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it may have to clean up
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return 0, err
}
