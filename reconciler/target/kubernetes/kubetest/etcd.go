package kubetest

import (
	"context"
	"fmt"
	"net"
)

// startEtcd starts the store. Its socket is in a folder that nobody else may
// enter, so it asks nobody who they are; and it does not sync, since nothing of it
// is to survive the machine.
func (c *Cluster) startEtcd(ctx context.Context) error {
	etcd, err := c.run("etcd",
		"--data-dir="+c.path("etcd"),
		"--listen-client-urls=unix://"+c.path("etcd.sock"),
		// Nobody is to connect to what is advertised, and a path is refused here.
		"--advertise-client-urls=http://127.0.0.1:0",
		"--listen-peer-urls=http://127.0.0.1:0",
		"--unsafe-no-fsync",
		"--log-level=warn",
	)
	if err != nil {
		return err
	}
	return await(ctx, "etcd takes connections", []*server{etcd}, func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", c.path("etcd.sock"))
		if err != nil {
			return fmt.Errorf("connect to etcd: %w", err)
		}
		return conn.Close()
	})
}
