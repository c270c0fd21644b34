package system

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"

	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/lease"
)

// lead is how replicas agree on one of them that begins passes; nil where they do not.
func lead(c *config.Config, log *slog.Logger) (func(context.Context, func(reconciler.Leader)), error) {
	name, err := cluster.LeaseIn(c)
	if name == "" || err != nil {
		return nil, err
	}
	of := c.Targets[name]
	config, err := kubernetes.Config(of.Kubeconfig, of.Context)
	if err != nil {
		return nil, fmt.Errorf("open the cluster of the lease, target %s: %w", name, err)
	}
	o := lease.Options{Config: config, Namespace: cmp.Or(of.Namespace, kubernetes.DefaultNamespace), Identity: c.Holder, Log: log}
	return func(ctx context.Context, tell func(reconciler.Leader)) {
		err := lease.Campaign(ctx, o, func(s lease.State) {
			now := reconciler.Leader{Name: s.Leader, Ours: s.Ours}
			if s.Trouble != nil {
				now.Trouble = s.Trouble.Error()
			}
			tell(now)
		})
		if err != nil {
			tell(reconciler.Leader{Trouble: err.Error()})
		}
	}, nil
}
