package kubetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// startAPI starts kube-apiserver and waits until it is ready.
func (c *Cluster) startAPI(ctx context.Context) error {
	api, err := c.run("kube-apiserver", slices.Concat(c.apiFlags(), c.options.APIServer)...)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.api = api
	running := slices.Clone(c.servers)
	c.mu.Unlock()
	probe, err := rest.HTTPClientFor(c.admin)
	if err != nil {
		return fmt.Errorf("make a client of kube-apiserver: %w", err)
	}
	return await(ctx, "kube-apiserver is ready", running, func(ctx context.Context) error {
		return readyz(ctx, probe, c.admin.Host)
	})
}

func (c *Cluster) apiFlags() []string {
	// A pod must have a service account, which without controllers nobody makes. New nodes
	// are tainted until a controller that needs heartbeats says otherwise.
	disabled := "TaintNodesByCondition"
	if c.options.Bare {
		disabled += ",ServiceAccount"
	}
	flags := []string{
		"--etcd-servers=unix://" + c.path("etcd.sock"),
		"--bind-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(c.port.number),
		"--tls-cert-file=" + c.path("apiserver.crt"),
		"--tls-private-key-file=" + c.path("apiserver.key"),
		"--client-ca-file=" + c.path("ca.crt"),
		"--authorization-mode=RBAC",
		"--disable-admission-plugins=" + disabled,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.path("accounts.pub"),
		"--service-account-signing-key-file=" + c.path("accounts.key"),
		"--service-cluster-ip-range=10.0.0.0/16",
		// The Service kubernetes may not point to loopback, so it points nowhere.
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		// What is privileged shall be refused by policy, as in other clusters.
		"--allow-privileged=true",
		"--audit-policy-file=" + c.path("policy.yaml"),
		"--audit-log-path=" + c.audit.path,
		"--audit-log-mode=blocking",                    // written before the answer is complete
		"--audit-log-maxsize=1000000",                  // one file, however long
		"--shutdown-watch-termination-grace-period=1s", // else a stop waits a minute for watches
		"--profiling=false",
	}
	return append(flags, sharedPort...)
}

func readyz(ctx context.Context, client *http.Client, host string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, host+"/readyz?verbose", nil)
	if err != nil {
		return fmt.Errorf("ask kube-apiserver whether it is ready: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask kube-apiserver whether it is ready: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(answer.Body, 4000))
		return fmt.Errorf("kube-apiserver is not ready: %s\n%s", answer.Status, body)
	}
	return nil
}

// StopAPIServer ends the API server alone, as a roll-out would: it finishes what it
// was asked. Its port stays held, so connections are refused until StartAPIServer.
func (c *Cluster) StopAPIServer(tb testing.TB) {
	tb.Helper()
	if err := c.endAPI(func(api *server) {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		api.stop(ctx)
	}); err != nil {
		tb.Fatalf("kubetest: stop kube-apiserver: %v", err)
	}
}

// KillAPIServer ends the API server alone, in the middle of what it does.
func (c *Cluster) KillAPIServer(tb testing.TB) {
	tb.Helper()
	if err := c.endAPI((*server).kill); err != nil {
		tb.Fatalf("kubetest: kill kube-apiserver: %v", err)
	}
}

// endAPI ends the API server by end, and forgets it.
func (c *Cluster) endAPI(end func(*server)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.api == nil {
		return errors.New("it does not run")
	}
	end(c.api)
	c.servers = slices.DeleteFunc(c.servers, func(s *server) bool { return s == c.api })
	c.api = nil
	return nil
}

// StartAPIServer starts the API server again, on the same port, over what it stored,
// and waits until it is ready. Controllers come back by themselves, within seconds.
func (c *Cluster) StartAPIServer(tb testing.TB) {
	tb.Helper()
	c.mu.Lock()
	runs := c.api != nil
	c.mu.Unlock()
	if runs {
		tb.Fatal("kubetest: start kube-apiserver: it runs already")
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.options.within())
	defer cancel()
	if err := c.startAPI(ctx); err != nil {
		tb.Fatalf("kubetest: start kube-apiserver again: %v", err)
	}
}
