// Package lease has the replicas of a daemon agree who of them leads, by a Lease in a cluster
// (coordination.k8s.io), as the controllers of Kubernetes do.
//
// It says who is to act first, and no more: a replica that is cut off may take itself for the
// leader for a while after another became it, as the clocks of both run on. What must not be done
// twice is kept from it elsewhere.
package lease

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	coordination "k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/klog/v2"
)

// Name is what the Lease is called.
const Name = "levee"

// How long a lease lasts that is not renewed, how long its holder tries to renew it before it takes
// it for lost, and the pause between two tries: those of Kubernetes' own controllers.
const (
	lasts    = 15 * time.Second
	renewFor = 10 * time.Second
	tryEvery = 2 * time.Second
)

// Options say where the Lease lies, and who this replica is.
type Options struct {
	Config    *rest.Config
	Namespace string
	Identity  string // unlike any other replica's
	Log       *slog.Logger
}

// State is what a replica knows of who leads.
type State struct {
	Leader  string // its identity; empty where nobody is known to lead
	Ours    bool
	Trouble error // why the Lease could not be read or written last; nil where it could
}

// campaign is one replica's.
type campaign struct {
	Options
	lock resourcelock.Interface
	tell func(State)

	mu    sync.Mutex
	state State
}

// Campaign tries to lead until ctx ends, and tells each time that what is known of it changes; tell
// is called by one goroutine at a time. A replica that leads when ctx ends gives the lease back, so
// that another need not wait for its end: whatever it leads has to have ended before.
func Campaign(ctx context.Context, o Options, tell func(State)) error {
	config := rest.CopyConfig(o.Config)
	config.Timeout, config.UserAgent = renewFor/2, "levee" // so that a try is made again
	client, err := coordination.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("reach the cluster for the Lease: %w", err)
	}
	c := &campaign{Options: o, tell: tell}
	c.lock = told{&resourcelock.LeaseLock{
		LeaseMeta: metav1.ObjectMeta{Namespace: o.Namespace, Name: Name}, Client: client, LockConfig: resourcelock.ResourceLockConfig{Identity: o.Identity},
	}, c}
	// What goes wrong is told, and so need not be logged at each try.
	ctx = klog.NewContext(ctx, logr.Discard())
	for ctx.Err() == nil {
		if err := c.run(ctx); err != nil {
			return err
		}
	}
	c.resign(context.WithoutCancel(ctx))
	return nil
}

// run stands for election once: until ctx ends, or the lease was held and lost.
func (c *campaign) run(ctx context.Context) error {
	var elector *leaderelection.LeaderElector
	var err error
	elector, err = leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: c.lock, LeaseDuration: lasts, RenewDeadline: renewFor, RetryPeriod: tryEvery, Name: Name,
		// The callbacks come in any order: each looks at how it is now.
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(leading context.Context) {
				c.update(func(s *State) {
					if leading.Err() == nil {
						s.Leader, s.Ours = c.Identity, true
					}
				})
			},
			OnStoppedLeading: func() {
				c.update(func(s *State) {
					if s.Ours && ctx.Err() == nil {
						*s = State{Trouble: s.Trouble}
					}
				})
			},
			OnNewLeader: func(string) {
				c.update(func(s *State) {
					if leader := elector.GetLeader(); leader != c.Identity && !s.Ours {
						s.Leader = leader
					}
				})
			},
		},
	})
	if err != nil {
		return fmt.Errorf("stand for the Lease %s/%s: %w", c.Namespace, Name, err)
	}
	elector.Run(ctx)
	return nil
}

func (c *campaign) update(change func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.state
	change(&c.state)
	if c.state.Leader != before.Leader || c.state.Ours != before.Ours || fmt.Sprint(c.state.Trouble) != fmt.Sprint(before.Trouble) {
		c.tell(c.state)
	}
}

// resign gives the lease back, if it is this replica's. Where that fails it ends by itself.
func (c *campaign) resign(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tryEvery)
	defer cancel()
	held, _, err := c.lock.Get(ctx)
	if err != nil || held.HolderIdentity != c.Identity {
		return
	}
	now := metav1.Now()
	err = c.lock.Update(ctx, resourcelock.LeaderElectionRecord{
		LeaseDurationSeconds: 1, AcquireTime: now, RenewTime: now, LeaderTransitions: held.LeaderTransitions,
	})
	if err != nil {
		c.Log.Warn("the lease could not be given back; it ends by itself", "lease", c.Namespace+"/"+Name, "error", err)
	}
}
