package checkup

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

var namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// namespaces looks at the namespace of the inventories, at those of apps, and at those that apps
// share.
func (e *examiner) namespaces(ctx context.Context) {
	e.home(ctx)
	e.ofApps(ctx)
	for _, name := range e.shared() {
		e.sharedOne(ctx, name)
	}
}

// list reads namespaces. The daemon may list them, whoever applies apps.
func (e *examiner) list(ctx context.Context, o metav1.ListOptions) ([]unstructured.Unstructured, error) {
	list, err := e.reader.Resource(namespaces).List(ctx, o)
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

const cannotRead = "ask as somebody who may list namespaces; the daemon has to be able to"

// named is a namespace that has to be there, and what it is called in answers. It is nil where
// that is not so or cannot be told, which is said then.
func (e *examiner) named(ctx context.Context, name, use string) (what string, namespace *unstructured.Unstructured) {
	what = "namespace " + name
	list, err := e.list(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + name})
	switch {
	case err != nil:
		e.unknown(what, cannotRead, "it cannot be read: %v", err)
	case len(list) == 0:
		e.wrong(what, "make it: kubectl create namespace "+name, "it is not there, and %s", use)
	default:
		return what, &list[0]
	}
	return what, nil
}

func (e *examiner) home(ctx context.Context) {
	name := e.Rights.Inventory
	what, namespace := e.named(ctx, name, "inventories lie in it")
	switch {
	case namespace == nil:
	case !restricted(namespace):
		e.wrong(what, fmt.Sprintf("kubectl label namespace %s %s=restricted", name, manifests.LabelEnforce), "it is not held to the restricted Pod Security profile: its label %s is %q", manifests.LabelEnforce, namespace.GetLabels()[manifests.LabelEnforce])
	default:
		e.well(what, "it is there, and held to the restricted Pod Security profile")
	}
}

func restricted(namespace *unstructured.Unstructured) bool {
	return namespace.GetLabels()[manifests.LabelEnforce] == "restricted"
}

// ofApps looks at the namespaces that Levee made, each for one app.
func (e *examiner) ofApps(ctx context.Context) {
	const what = "namespaces of apps"
	list, err := e.list(ctx, metav1.ListOptions{LabelSelector: manifests.LabelInventory + "=" + e.Rights.Inventory + "," + manifests.LabelApp})
	if err != nil {
		e.unknown(what, cannotRead, "they cannot be read: %v", err)
		return
	}
	var loose []string
	for i := range list {
		if !restricted(&list[i]) {
			loose = append(loose, list[i].GetName())
		}
	}
	if len(loose) > 0 {
		e.wrong(what, "a running daemon puts their labels back; look at who takes them off, and install the guard", "%d of %d are not held to the restricted Pod Security profile: %s", len(loose), len(list), strings.Join(loose, ", "))
		return
	}
	e.well(what, "each of the %d that are there is held to the restricted Pod Security profile", len(list))
}

// shared are the namespaces that apps share, where they do. One for each team cannot be listed.
func (e *examiner) shared() (names []string) {
	if e.Settings == nil || strings.Contains(e.Settings.Namespace, "{app}") || strings.Contains(e.Settings.Namespace, "{team}") {
		return nil
	}
	seen := map[string]bool{}
	for _, environment := range e.Environments {
		if name := settings.FillIn(e.Settings.Namespace, environment, "", ""); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

func (e *examiner) sharedOne(ctx context.Context, name string) {
	what, namespace := e.named(ctx, name, "apps share it")
	switch {
	case namespace == nil:
	case namespace.GetLabels()[manifests.LabelInventory] != e.Rights.Inventory:
		e.wrong(what, fmt.Sprintf("kubectl label namespace %s %s=%s, while no guard is installed that refuses this", name, manifests.LabelInventory, e.Rights.Inventory), "apps share it, and the guard does not cover it, since it lacks the label %s", manifests.LabelInventory)
	default:
		e.well(what, "it is there, and the guard covers it")
	}
}
