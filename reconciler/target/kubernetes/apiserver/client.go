package apiserver

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/flowcontrol"
)

// DefaultNamespace is where inventories lie unless an option says otherwise.
const DefaultNamespace = "levee-system"

// Options is how the API server of a cluster is reached.
type Options struct {
	// Config is how the cluster is reached. Its Timeout bounds a call, with all that is tried
	// again in it by the client; half a minute where it is 0.
	Config    *rest.Config
	Namespace string // of the inventories; it must exist. DefaultNamespace where it is empty
	// Impersonate has the daemon act as another user in an environment, such as a service
	// account with rights for it alone; as itself in the others.
	Impersonate map[string]string
	QPS         float32 // requests a second, of all environments together; 50 where it is 0
	Log         *slog.Logger
}

// Client is the API server of one cluster. Its methods are safe for concurrent use.
type Client struct {
	Namespace string // of the inventories

	log      *slog.Logger
	clients  map[string]dynamic.Interface // by environment; "" for those that are not listed
	urgent   map[string]dynamic.Interface // the same, for what waits for no other request
	metadata metadata.Interface
	mapper   *mapper

	mu  sync.Mutex
	met func(schema.GroupVersionResource) // is told of each kind that is asked for; nil where nobody watches
}

// callFor is how long one call to the API server may take; what the caller allows counts too.
const callFor = 30 * time.Second

// watchFor is how long a watch may take. The API server ends each after ten minutes at most, so
// one that is still there is no longer one: whatever is between holds the connection.
const watchFor = 12 * time.Minute

// New makes a Client. It asks nothing of the cluster yet, so that a cluster that is away
// keeps nobody from starting.
func New(o Options) (*Client, error) {
	config := rest.CopyConfig(o.Config)
	qps := cmp.Or(o.QPS, 50)
	config.RateLimiter = flowcontrol.NewTokenBucketRateLimiter(qps, int(2*qps))
	config.Timeout = cmp.Or(config.Timeout, callFor)
	config.UserAgent = "levee"
	c := &Client{
		Namespace: cmp.Or(o.Namespace, DefaultNamespace), log: cmp.Or(o.Log, slog.Default()),
		clients: map[string]dynamic.Interface{}, urgent: map[string]dynamic.Interface{},
	}
	discover, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	c.mapper = newMapper(discover)
	users := map[string]string{"": ""}
	maps.Copy(users, o.Impersonate)
	for environment, user := range users {
		as := rest.CopyConfig(config)
		if user != "" {
			as.Impersonate = rest.ImpersonationConfig{UserName: user}
		}
		if c.clients[environment], err = dynamic.NewForConfig(as); err != nil {
			return nil, fmt.Errorf("reach the cluster as %q: %w", user, err)
		}
		as.RateLimiter = flowcontrol.NewFakeAlwaysRateLimiter()
		if c.urgent[environment], err = dynamic.NewForConfig(as); err != nil {
			return nil, fmt.Errorf("reach the cluster as %q: %w", user, err)
		}
	}
	watching := rest.CopyConfig(config)
	watching.Timeout = watchFor
	if c.metadata, err = metadata.NewForConfig(watching); err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	return c, nil
}

// urgency marks the context of a call whose requests wait for no others: a containment is not
// to stand in line behind a thousand applies.
type urgency struct{}

// Urgent is ctx for such a call.
func Urgent(ctx context.Context) context.Context { return context.WithValue(ctx, urgency{}, true) }

// in is the client for an environment.
func (c *Client) in(ctx context.Context, environment string) dynamic.Interface {
	clients := c.clients
	if ctx.Value(urgency{}) != nil {
		clients = c.urgent
	}
	if client, ok := clients[environment]; ok {
		return client
	}
	return clients[""]
}
