package lease

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

var shared = kubetest.Shared{Options: kubetest.Options{Bare: true}}

func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }

// replica is one that stands for election in a namespace, and can be cut off from the cluster.
type replica struct {
	t    *testing.T
	name string
	cut  atomic.Bool
	stop func() // it ends, as it should

	mu    sync.Mutex
	state State
}

func (r *replica) now() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// home makes a namespace.
func home(t *testing.T, c *kubetest.Cluster) string {
	t.Helper()
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	name := c.Prefix(t) + "levee"
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
	if _, err := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return name
}

// stand has a replica stand for election until the test ends.
func stand(t *testing.T, config *rest.Config, namespace, name string) *replica {
	t.Helper()
	r := &replica{t: t, name: name}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			if r.cut.Load() {
				return nil, errors.New("it is cut off")
			}
			return next.RoundTrip(request)
		})
	})
	ctx, cancel := context.WithCancel(t.Context())
	var side sync.WaitGroup
	side.Go(func() {
		err := Campaign(ctx, Options{Config: config, Namespace: namespace, Identity: name, Log: slog.New(slog.DiscardHandler)}, func(s State) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.state = s
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	r.stop = func() {
		cancel()
		side.Wait()
	}
	t.Cleanup(r.stop)
	return r
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// await waits until what a replica knows is as it should be.
func (r *replica) await(what string, is func(State) bool) {
	r.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(r.now()); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%s never: %s knows %+v", what, r.name, r.now())
		}
	}
}

func (r *replica) leads(s State) bool { return s.Ours && s.Leader == r.name }

// TestOneLeads: one of two replicas leads, and the other knows which; where it ends the other leads.
func TestOneLeads(t *testing.T) {
	c := shared.Cluster(t)
	namespace := home(t, c)
	one := stand(t, c.Config(), namespace, "one")
	one.await("it leads", one.leads)
	two := stand(t, c.Config(), namespace, "two")
	two.await("it follows", func(s State) bool { return s.Leader == "one" && !s.Ours })
	if !one.leads(one.now()) {
		t.Errorf("the first one knows %+v", one.now())
	}
	one.stop()
	two.await("it leads in turn", two.leads)
}

// TestGivesBack: a leader that ends as it should leaves no lease behind that others would wait for.
func TestGivesBack(t *testing.T) {
	c := shared.Cluster(t)
	namespace := home(t, c)
	one := stand(t, c.Config(), namespace, "one")
	one.await("it leads", one.leads)
	one.stop()
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	left, err := client.Resource(schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}).Namespace(namespace).Get(t.Context(), Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if holder, _, _ := unstructured.NestedString(left.Object, "spec", "holderIdentity"); holder != "" {
		t.Errorf("it is held by %q", holder)
	}
}

// TestCutOff: a leader that does not reach the cluster leads no more, says why, and follows once it
// reaches it again.
func TestCutOff(t *testing.T) {
	c := shared.Cluster(t)
	namespace := home(t, c)
	one := stand(t, c.Config(), namespace, "one")
	one.await("it leads", one.leads)
	two := stand(t, c.Config(), namespace, "two")
	two.await("it follows", func(s State) bool { return s.Leader == "one" })
	one.cut.Store(true)
	one.await("it stops", func(s State) bool {
		return !s.Ours && s.Leader == "" && s.Trouble != nil && strings.Contains(s.Trouble.Error(), "the Lease "+namespace+"/levee")
	})
	two.await("it leads in turn", two.leads)
	one.cut.Store(false)
	one.await("it follows", func(s State) bool { return s.Leader == "two" && !s.Ours && s.Trouble == nil })
}

// TestForbidden: who may not use the Lease is told so, and leads nothing.
func TestForbidden(t *testing.T) {
	c := shared.Cluster(t)
	nobody := stand(t, c.ConfigFor(t, "nobody"), home(t, c), "one")
	nobody.await("it is told", func(s State) bool {
		return s.Leader == "" && !s.Ours && s.Trouble != nil && strings.Contains(s.Trouble.Error(), "forbidden")
	})
}
