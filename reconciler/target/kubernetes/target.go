package kubernetes

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/flowcontrol"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// DefaultNamespace is where inventories lie unless an option says otherwise.
const DefaultNamespace = "levee-system"

// Options is what a Target is made of.
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

// Target is one cluster. Its methods are safe for concurrent use.
type Target struct {
	throttler
	sharer
	namespace string
	log       *slog.Logger
	clients   map[string]dynamic.Interface // by environment; "" for those that are not listed
	urgent    map[string]dynamic.Interface // the same, for what waits for no other request
	metadata  metadata.Interface
	mapper    *mapper

	acting  busy
	mu      sync.Mutex
	witness map[string]target.Fence // the newest fence that was seen, by environment
	known   map[string]bool         // environments all of whose inventories were read
	added   func(schema.GroupVersionResource)
}

var _ target.Target = (*Target)(nil)

// callFor is how long one call to the API server may take; what the caller allows counts too.
const callFor = 30 * time.Second

// watchFor is how long a watch may take. The API server ends each after ten minutes at most, so
// one that is still there is no longer one: whatever is between holds the connection.
const watchFor = 12 * time.Minute

// New makes a Target. It asks nothing of the cluster yet, so that a cluster that is away
// keeps nobody from starting.
func New(o Options) (*Target, error) {
	config := rest.CopyConfig(o.Config)
	qps := cmp.Or(o.QPS, 50)
	config.RateLimiter = flowcontrol.NewTokenBucketRateLimiter(qps, int(2*qps))
	config.Timeout = cmp.Or(config.Timeout, callFor)
	config.UserAgent = "levee"
	t := &Target{
		namespace: cmp.Or(o.Namespace, DefaultNamespace), log: cmp.Or(o.Log, slog.Default()),
		clients: map[string]dynamic.Interface{}, urgent: map[string]dynamic.Interface{}, witness: map[string]target.Fence{}, known: map[string]bool{},
	}
	discover, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	t.throttler, t.sharer, t.mapper = throttler{t}, sharer{t}, newMapper(discover)
	users := map[string]string{"": ""}
	maps.Copy(users, o.Impersonate)
	for environment, user := range users {
		as := rest.CopyConfig(config)
		if user != "" {
			as.Impersonate = rest.ImpersonationConfig{UserName: user}
		}
		if t.clients[environment], err = dynamic.NewForConfig(as); err != nil {
			return nil, fmt.Errorf("reach the cluster as %q: %w", user, err)
		}
		as.RateLimiter = flowcontrol.NewFakeAlwaysRateLimiter()
		if t.urgent[environment], err = dynamic.NewForConfig(as); err != nil {
			return nil, fmt.Errorf("reach the cluster as %q: %w", user, err)
		}
	}
	watching := rest.CopyConfig(config)
	watching.Timeout = watchFor
	if t.metadata, err = metadata.NewForConfig(watching); err != nil {
		return nil, fmt.Errorf("reach the cluster: %w", err)
	}
	return t, nil
}

// in is the client for an environment.
func (t *Target) in(ctx context.Context, environment string) dynamic.Interface {
	clients := t.clients
	if ctx.Value(urgency{}) != nil {
		clients = t.urgent
	}
	if c, ok := clients[environment]; ok {
		return c
	}
	return clients[""]
}

// urgency marks the context of a call whose requests wait for no others: a containment is not
// to stand in line behind a thousand applies.
type urgency struct{}

// at is where a resource is asked for.
func (t *Target) at(ctx context.Context, environment string, ref Ref) (dynamic.ResourceInterface, error) {
	mapping, err := t.mapping(ctx, ref.kind())
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return t.in(ctx, environment).Resource(mapping.Resource).Namespace(ref.Namespace), nil
	}
	return t.in(ctx, environment).Resource(mapping.Resource), nil
}

// mapping is where a kind is served, which is watched from now on.
func (t *Target) mapping(ctx context.Context, kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	mapping, err := t.mapper.of(ctx, kind)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	added := t.added
	t.mu.Unlock()
	if added != nil {
		added(mapping.Resource)
	}
	return mapping, nil
}

// busy tells which apps something is done to by this process.
type busy struct {
	mu   sync.Mutex
	apps map[string]*sync.Mutex
}

// of is the lock of an app in an environment. Whoever acts on the app holds it.
func (b *busy) of(environment, app string) *sync.Mutex {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.apps == nil {
		b.apps = map[string]*sync.Mutex{}
	}
	name := inventoryName(environment, app)
	if b.apps[name] == nil {
		b.apps[name] = &sync.Mutex{}
	}
	return b.apps[name]
}

var inventories = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

// manager is whose fields those are that Levee applies; cutter is who takes what runs away
// while an app is contained or throttled.
const (
	manager = "levee"
	cutter  = "levee-containment"
)

const labelInventory = manifests.LabelInventory

var force = true

func (t *Target) seen(environment string, fence target.Fence) target.Fence {
	t.mu.Lock()
	defer t.mu.Unlock()
	if fence.Admission > t.witness[environment].Admission {
		t.witness[environment] = fence
	}
	return t.witness[environment]
}

// searched remembers that all inventories of an environment were read, so that its witness is
// known.
func (t *Target) searched(environment string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[environment] = true
}

// Plan implements target.Target.
func (t *Target) Plan(desired []target.Object, observed target.Inventory) []target.Step {
	return target.Plan(desired, observed)
}

var getOptions = metav1.GetOptions{}
