package kubetest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// Shared is one control plane for the tests of a package. It is started for the
// first test that asks for it, and ends when all have run:
//
//	var shared = kubetest.Shared{Options: kubetest.Options{Nodes: 2}}
//
//	func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }
//
//	func TestApply(t *testing.T) {
//		cluster := shared.Cluster(t)
//		…
//	}
type Shared struct {
	Options Options

	once    sync.Once
	cluster *Cluster
	err     error
}

// Run runs the tests of a package and ends the control plane. It returns the exit
// code. Where there are no servers it says so in one line.
func (s *Shared) Run(m *testing.M) int {
	if os.Getenv(Servers) == "" {
		fmt.Fprintln(os.Stderr, notRun)
	}
	defer func() {
		if s.cluster != nil {
			s.cluster.Close()
		}
	}()
	return m.Run()
}

// Cluster returns the control plane, started if it is not yet. It skips the test
// where there are no servers, and fails it where they did not come up.
func (s *Shared) Cluster(tb testing.TB) *Cluster {
	tb.Helper()
	Skip(tb)
	s.once.Do(func() { s.cluster, s.err = Launch(s.Options) })
	if s.err != nil {
		tb.Fatalf("kubetest: %v", s.err)
	}
	return s.cluster
}
