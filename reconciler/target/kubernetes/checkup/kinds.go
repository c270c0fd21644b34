package checkup

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/discovery"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// kinds looks whether the cluster serves the kinds that the catalog has apps be given or allows
// charts, and adds the rights to them to those that are looked for.
func (e *examiner) kinds(ctx context.Context) {
	const what = "kinds of the catalog"
	if e.Settings == nil {
		e.unknown(what, "mend what is said of the ledger first", "the catalog's settings could not be read, so rights to kinds that they add are not looked for")
		return
	}
	client, err := discovery.NewDiscoveryClientForConfig(e.Config)
	if err != nil {
		e.unknown(what, "", "no client can be made: %v", err)
		return
	}
	wanted := manifests.Added(e.Settings)
	var missing []string
	for _, kind := range wanted {
		resource, err := served(ctx, client, kind)
		switch {
		case errors.Is(err, errNotServed):
			missing = append(missing, kind)
		case err != nil:
			e.unknown(what, "try again", "whether %s is served cannot be told: %v", kind, err)
		default:
			e.Rights.Resources = append(e.Rights.Resources, resource)
		}
	}
	switch {
	case len(missing) > 0:
		e.wrong(what, "install what brings them, or change kubernetes in catalog.yaml", "the cluster serves no %s", strings.Join(missing, ", "))
	case len(wanted) > 0:
		e.well(what, "the cluster serves %s", strings.Join(wanted, ", "))
	}
}

var errNotServed = errors.New("it is not served")

// served is the resource of a kind, as plural.group, in whichever version the cluster prefers.
func served(ctx context.Context, client discovery.DiscoveryInterfaceWithContext, kind string) (string, error) {
	name, group, _ := strings.Cut(kind, ".")
	groups, err := client.ServerGroupsWithContext(ctx)
	if err != nil {
		return "", err
	}
	for _, g := range groups.Groups {
		if g.Name != group {
			continue
		}
		for _, v := range g.Versions {
			list, err := client.ServerResourcesForGroupVersionWithContext(ctx, v.GroupVersion)
			if apierrors.IsNotFound(err) {
				continue
			}
			if err != nil {
				return "", fmt.Errorf("list the resources of %s: %w", v.GroupVersion, err)
			}
			for _, r := range list.APIResources {
				if r.Kind != name || strings.Contains(r.Name, "/") {
					continue
				}
				if group == "" {
					return r.Name, nil
				}
				return r.Name + "." + group, nil
			}
		}
	}
	return "", errNotServed
}
