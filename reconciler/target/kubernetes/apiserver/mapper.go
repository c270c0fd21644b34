package apiserver

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/restmapper"
)

// mapper finds where kinds are served. What the cluster serves is asked for once, and again
// where a kind is not among it, but not with every app that wants it.
//
// A kind that is not served has no resources, so that an app which lists one has drifted and
// can be removed without it. Therefore a kind counts as not served only where the cluster says
// so: in the list of all it serves, and asked for the one group. Everything else is an error.
type mapper struct {
	discover discovery.DiscoveryInterfaceWithContext
	asking   chan struct{} // holds one while the cluster is asked

	mu     sync.Mutex
	served meta.RESTMapper // nil until the cluster has answered
	lists  map[schema.GroupVersion]*metav1.APIResourceList
	groups []*metav1.APIGroup
	vain   map[schema.GroupVersionKind]answer // why a kind has no place
	failed answer                             // why the cluster could not be asked at all
	forgot map[string]time.Time               // when a group was last doubted
}

// answer is why something was not found, and until when it is not asked again.
type answer struct {
	err   error
	until time.Time
}

// How long an answer counts: that a kind is not served, and that it could not be told.
const (
	askAgain = 10 * time.Second
	tryAgain = time.Second
)

func newMapper(d discovery.DiscoveryInterfaceWithContext) *mapper {
	return &mapper{
		discover: d, asking: make(chan struct{}, 1), lists: map[schema.GroupVersion]*metav1.APIResourceList{},
		vain: map[schema.GroupVersionKind]answer{}, forgot: map[string]time.Time{},
	}
}

// of is where a kind is served: in its version, or in another one where that is not served.
func (m *mapper) of(ctx context.Context, kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if mapping, err := m.known(kind); mapping != nil || err != nil {
		return mapping, err
	}
	select {
	case m.asking <- struct{}{}:
		defer func() { <-m.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if mapping, err := m.known(kind); mapping != nil || err != nil {
		return mapping, err // somebody else asked meanwhile
	}
	return m.ask(ctx, kind)
}

// known is what was answered before; nil and nil where the cluster has to be asked.
func (m *mapper) known(kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if mapping := m.find(kind); mapping != nil {
		return mapping, nil
	}
	now := time.Now()
	if m.failed.until.After(now) {
		return nil, m.failed.err
	}
	if vain := m.vain[kind]; vain.until.After(now) {
		return nil, vain.err
	}
	return nil, nil // neither: it has to be asked for
}

// find is for whoever holds mu.
func (m *mapper) find(kind schema.GroupVersionKind) *meta.RESTMapping {
	if m.served == nil {
		return nil
	}
	if mapping, err := m.served.RESTMapping(kind.GroupKind(), kind.Version); err == nil {
		return mapping
	}
	if mapping, err := m.served.RESTMapping(kind.GroupKind()); err == nil && m.lists[kind.GroupVersion()] == nil {
		return mapping
	}
	return nil
}

// ask asks what the cluster serves. Of a group that it cannot tell about, what it said before
// still counts.
func (m *mapper) ask(ctx context.Context, kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	groups, lists, err := m.discover.ServerGroupsAndResourcesWithContext(ctx)
	untold, partly := discovery.GroupDiscoveryFailedErrorGroups(err)
	if err != nil && !partly {
		err = fmt.Errorf("ask the cluster what it serves: %w", Told(err))
		if ctx.Err() == nil { // else it is this caller's failure alone
			m.mu.Lock()
			m.failed = answer{err, time.Now().Add(tryAgain)}
			m.mu.Unlock()
		}
		return nil, err
	}
	m.mu.Lock()
	now := map[schema.GroupVersion]*metav1.APIResourceList{}
	for version := range untold {
		if before := m.lists[version]; before != nil {
			now[version] = before
		}
	}
	for _, list := range lists {
		if version, err := schema.ParseGroupVersion(list.GroupVersion); err == nil {
			now[version] = list
		}
	}
	m.groups, m.lists, m.failed = groups, now, answer{}
	m.build()
	mapping := m.find(kind)
	m.mu.Unlock()
	if mapping != nil {
		return mapping, nil
	}
	vain := answer{m.missing(ctx, kind, untold), time.Now().Add(tryAgain)}
	if errors.As(vain.err, new(NotServed)) {
		vain.until = time.Now().Add(askAgain)
	}
	if ctx.Err() == nil {
		m.mu.Lock()
		m.vain[kind] = vain
		m.mu.Unlock()
	}
	return nil, vain.err
}

// build is for whoever holds mu.
func (m *mapper) build() {
	var all []*restmapper.APIGroupResources
	for _, group := range m.groups {
		resources := &restmapper.APIGroupResources{Group: *group, VersionedResources: map[string][]metav1.APIResource{}}
		for _, version := range group.Versions {
			if list := m.lists[schema.GroupVersion{Group: group.Name, Version: version.Version}]; list != nil {
				resources.VersionedResources[version.Version] = list.APIResources
			}
		}
		all = append(all, resources)
	}
	m.served = restmapper.NewDiscoveryRESTMapper(all)
}

// missing says why a kind is not among what the cluster serves. An API server that starts, and
// one before which something answers, lists less than it serves: its group is asked for by
// itself.
func (m *mapper) missing(ctx context.Context, kind schema.GroupVersionKind, untold map[schema.GroupVersion]error) error {
	version := kind.GroupVersion()
	attempt := fmt.Sprintf("ask the cluster what it serves of %s, which %s is of", version, kind.Kind)
	if err := untold[version]; err != nil {
		return fmt.Errorf("%s: %w", attempt, Told(err))
	}
	list, err := m.discover.ServerResourcesForGroupVersionWithContext(ctx, version.String())
	switch {
	case apierrors.IsNotFound(err):
		return NotServed{kind}
	case err != nil:
		return fmt.Errorf("%s: %w", attempt, Told(err))
	case version == schema.GroupVersion{Version: "v1"} && len(list.APIResources) == 0,
		slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Kind == kind.Kind }):
		return fmt.Errorf("%s: it lists less than it serves, as while it starts", attempt)
	}
	return NotServed{kind}
}

// doubt has the group of a kind asked for again, since nothing was found at its place.
func (m *mapper) doubt(kind schema.GroupVersionKind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.served == nil || time.Since(m.forgot[kind.Group]) < askAgain {
		return
	}
	m.forgot[kind.Group] = time.Now()
	maps.DeleteFunc(m.lists, func(version schema.GroupVersion, _ *metav1.APIResourceList) bool { return version.Group == kind.Group })
	m.build()
}

// NotServed is the error that a cluster does not have a kind.
type NotServed struct{ Kind schema.GroupVersionKind }

// Error implements error.
func (e NotServed) Error() string {
	return fmt.Sprintf("the cluster serves no %s: install what brings it, or have the blueprint do without", e.Kind)
}
