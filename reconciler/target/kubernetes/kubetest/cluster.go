package kubetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// Cluster is a control plane that runs.
type Cluster struct {
	options   Options
	binaries  string // the folder with the servers
	dir       string // the folder with all that they write
	authority *authority
	port      *heldPort
	admin     *rest.Config
	client    dynamic.Interface
	audit     *Audit
	prefixes  atomic.Int64

	mu      sync.Mutex
	servers []*server // those that run, in the order in which they were started
	api     *server   // the one of them that is the API server; nil while it is stopped
}

// Start starts a control plane that ends with the test. It skips the test where
// there are no servers, and fails it where they do not come up.
func Start(tb testing.TB, options Options) *Cluster {
	tb.Helper()
	Skip(tb)
	c, err := Launch(options)
	if err != nil {
		tb.Fatalf("kubetest: %v", err)
	}
	tb.Cleanup(c.Close)
	return c
}

// Launch starts a control plane for a program that is no test; whoever calls it closes
// it. It starts the servers one after the other. Where one fails, those before it are
// ended and the folder is removed.
func Launch(options Options) (c *Cluster, err error) {
	c = &Cluster{options: options}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	if c.binaries, err = options.find(); err != nil {
		return c, err
	}
	if err := c.prepare(); err != nil {
		return c, err
	}
	steps := []func(context.Context) error{c.startEtcd, c.startAPI}
	if !options.Bare {
		steps = append(steps, c.startWorkloads)
	}
	for _, step := range steps {
		ctx, cancel := context.WithTimeout(context.Background(), options.within())
		err := step(ctx)
		cancel()
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

// prepare makes all that the servers are given: folder, port, keys and files.
func (c *Cluster) prepare() (err error) {
	// The path of a Unix socket is short, and that of a test's own folder may not be.
	if c.dir, err = os.MkdirTemp("", "kubetest"); err != nil {
		return fmt.Errorf("make a folder for the servers: %w", err)
	}
	if c.port, err = holdPort(); err != nil {
		return fmt.Errorf("hold a port of loopback for kube-apiserver: %w", err)
	}
	if c.authority, err = newAuthority(); err != nil {
		return err
	}
	if err := c.writeFiles(); err != nil {
		return err
	}
	c.audit = &Audit{path: c.path("audit.log"), seen: map[string]bool{}}
	if c.admin, err = c.config("kubetest", "system:masters"); err != nil {
		return err
	}
	c.client, err = dynamic.NewForConfig(c.admin)
	return err
}

// path is the path of a file of the servers.
func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// run starts a server and remembers to end it.
func (c *Cluster) run(name string, args ...string) (*server, error) {
	s, err := startServer(filepath.Join(c.binaries, name), c.dir, args)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers = append(c.servers, s)
	return s, nil
}

// Close ends the servers, the last first, and removes what they wrote. A cluster that
// did not come up was closed already; then there is nothing to do.
func (c *Cluster) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.servers) - 1; i >= 0; i-- {
		c.servers[i].kill()
	}
	c.servers, c.api = nil, nil
	if c.port != nil {
		c.port.release()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
	c.port, c.dir = nil, ""
}

// Audit returns the log of what the API server was asked.
func (c *Cluster) Audit() *Audit { return c.audit }
