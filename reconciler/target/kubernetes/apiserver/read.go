package apiserver

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// at is where a resource is asked for.
func (c *Client) at(ctx context.Context, environment string, ref resource.Ref) (dynamic.ResourceInterface, error) {
	mapping, err := c.mapping(ctx, ref.GVK())
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return c.in(ctx, environment).Resource(mapping.Resource).Namespace(ref.Namespace), nil
	}
	return c.in(ctx, environment).Resource(mapping.Resource), nil
}

// mapping is where a kind is served, which is watched from now on.
func (c *Client) mapping(ctx context.Context, kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	mapping, err := c.mapper.of(ctx, kind)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	met := c.met
	c.mu.Unlock()
	if met != nil {
		met(mapping.Resource)
	}
	return mapping, nil
}

// Served is where a kind is served; NotServed where it is not. Any other error means that it could
// not be told.
func (c *Client) Served(ctx context.Context, kind schema.GroupVersionKind) (*meta.RESTMapping, error) {
	return c.mapper.of(ctx, kind)
}

// Get returns a resource, nil where it is not there.
func (c *Client) Get(ctx context.Context, environment string, ref resource.Ref) (*unstructured.Unstructured, error) {
	client, err := c.at(ctx, environment, ref)
	if errors.As(err, new(NotServed)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	object, err := client.Get(ctx, ref.Name, getOptions)
	if Missing(err) {
		return nil, nil
	}
	if apierrors.IsNotFound(err) {
		c.mapper.doubt(ref.GVK())
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, Told(err))
	}
	return object, nil
}

// List gives what there is of a kind and belongs to this target in an environment; nothing where the
// kind is not served, which is the trouble of those that list some.
func (c *Client) List(ctx context.Context, environment string, kind schema.GroupVersionKind, do func(*unstructured.Unstructured)) error {
	mapping, err := c.mapping(ctx, kind)
	if errors.As(err, new(NotServed)) {
		return nil
	}
	if err != nil {
		return err
	}
	err = c.each(ctx, environment, c.in(ctx, environment).Resource(mapping.Resource), "", do)
	if apierrors.IsNotFound(err) {
		c.mapper.doubt(kind)
	}
	if err != nil {
		return fmt.Errorf("list all %s: %w", mapping.Resource.GroupResource(), err)
	}
	return nil
}

// ConfigMaps are those in the namespace of the inventories.
func (c *Client) ConfigMaps(ctx context.Context) dynamic.ResourceInterface {
	return c.in(ctx, "").Resource(configMaps).Namespace(c.Namespace)
}

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

// ListConfigMaps gives the config maps of an environment in the namespace of the inventories that have
// a label.
func (c *Client) ListConfigMaps(ctx context.Context, environment, label string, do func(*unstructured.Unstructured)) error {
	return c.each(ctx, environment, c.ConfigMaps(ctx), label, do)
}

// Owns reports whether a live resource was put there by this target.
func (c *Client) Owns(object *unstructured.Unstructured) bool {
	return object.GetLabels()[manifests.LabelInventory] == c.Namespace
}

// pageSize is how many resources are asked for at once.
const pageSize = 500

// each lists the resources of a sort that an environment's inventories may list, page by page.
func (c *Client) each(ctx context.Context, environment string, sort dynamic.ResourceInterface, with string, do func(*unstructured.Unstructured)) error {
	selector := manifests.LabelInventory + "=" + c.Namespace + "," + manifests.LabelEnvironment + "=" + environment
	if with != "" {
		selector += "," + with
	}
	options := metav1.ListOptions{LabelSelector: selector, Limit: pageSize}
	for {
		page, err := sort.List(ctx, options)
		if err != nil {
			return Told(err)
		}
		for i := range page.Items {
			do(&page.Items[i])
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

var getOptions = metav1.GetOptions{}
