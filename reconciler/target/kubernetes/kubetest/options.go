package kubetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Servers is the environment variable that names the folder with the servers.
const Servers = "LEVEE_TEST_SERVERS"

// Options says what a control plane consists of. The zero value is everything, with
// one node.
type Options struct {
	// Bare leaves out the controllers, the scheduler and the nodes: what is written
	// is stored, and nothing happens to it. It takes half the memory.
	Bare bool
	// Nodes is how many nodes there are; none given is one.
	Nodes int
	// Controllers replaces the controllers that run, by the names that
	// kube-controller-manager gives them; nil is DefaultControllers.
	Controllers []string
	// APIServer are further flags of kube-apiserver, which win over ours.
	APIServer []string
	// Within bounds each part of a start; none given is two minutes, which is for
	// machines that do much else.
	Within time.Duration
}

// DefaultControllers returns the controllers that act on what Levee applies, and
// those that other controllers of a real cluster would interfere with it by.
func DefaultControllers() []string {
	return []string{
		"namespace-controller",
		"serviceaccount-controller",
		"serviceaccount-token-controller",
		"root-ca-certificate-publisher-controller",
		"garbage-collector-controller",
		"resourcequota-controller",
		"deployment-controller",
		"replicaset-controller",
		"statefulset-controller",
		"job-controller",
		"cronjob-controller",
		"ttl-after-finished-controller",
		"horizontal-pod-autoscaler-controller",
		"disruption-controller",
		"endpoints-controller",
		"endpointslice-controller",
		"clusterrole-aggregation-controller",
	}
}

func (o Options) nodes() int {
	if o.Nodes == 0 {
		return 1
	}
	return o.Nodes
}

func (o Options) controllers() []string {
	if o.Controllers == nil {
		return DefaultControllers()
	}
	return o.Controllers
}

func (o Options) within() time.Duration {
	if o.Within == 0 {
		return 2 * time.Minute
	}
	return o.Within
}

// binaries are the servers by the names that their files have.
func (o Options) binaries() []string {
	if o.Bare {
		return []string{"etcd", "kube-apiserver"}
	}
	return []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"}
}

// Skip skips a test where there are no servers to run it with. Start and
// Shared.Cluster call it; a test calls it before work that is for nothing then.
func Skip(tb testing.TB) {
	tb.Helper()
	if os.Getenv(Servers) == "" {
		tb.Skip(notRun)
	}
}

const notRun = "kubetest: not run without real Kubernetes servers: make test-real builds them and runs this"

// find returns the folder of the servers, once each that is needed is in it.
func (o Options) find() (string, error) {
	dir, err := filepath.Abs(os.Getenv(Servers))
	if err != nil {
		return "", fmt.Errorf("find the folder that %s names: %w", Servers, err)
	}
	for _, name := range o.binaries() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("find %s in the folder that %s names: %w; make test-real builds it", name, Servers, err)
		}
	}
	return dir, nil
}
