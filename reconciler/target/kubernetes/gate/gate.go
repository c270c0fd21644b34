package gate

import (
	"fmt"
	"maps"
	"slices"

	apiresource "k8s.io/apimachinery/pkg/api/resource"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Rules is what an app may have.
type Rules struct {
	App          string
	Namespace    string
	Images       []string // that its containers may run; the first is the app's own
	Kinds        []string // besides DefaultKinds, as Kind.group
	RuntimeClass string   // of its pods; empty for the cluster's default
	CPU, Memory  apiresource.Quantity
}

// DefaultKinds are the kinds of resources that every chart may have, as Kind.group.
var DefaultKinds = []string{
	"Deployment.apps", "StatefulSet.apps", "Job.batch", "CronJob.batch", "Service", "ConfigMap", "PersistentVolumeClaim",
	"PodDisruptionBudget.policy", "HorizontalPodAutoscaler.autoscaling",
}

// reserved are the kinds that no settings can allow in charts, and why.
var reserved = map[string]string{
	"Namespace": "each app is given its own", "ServiceAccount": "each app is given its own", "NetworkPolicy.networking.k8s.io": "it follows from the app's egress",
	"ResourceQuota": "it follows from the app's limits", "LimitRange": "it follows from the app's limits",
	"Secret":                                "no secret may lie in the catalog; the app's file refers to it",
	"Role.rbac.authorization.k8s.io":        "apps are given no rights in the cluster",
	"RoleBinding.rbac.authorization.k8s.io": "apps are given no rights in the cluster", "ClusterRole.rbac.authorization.k8s.io": "apps are given no rights in the cluster",
	"ClusterRoleBinding.rbac.authorization.k8s.io": "apps are given no rights in the cluster", "Pod": "nothing would start it again; use a Deployment",
	"DaemonSet.apps": "apps have no part in the cluster's machines", "PersistentVolume": "it reaches the cluster's machines",
	"CustomResourceDefinition.apiextensions.k8s.io":               "it is for the whole cluster",
	"ValidatingWebhookConfiguration.admissionregistration.k8s.io": "it is for the whole cluster", "MutatingWebhookConfiguration.admissionregistration.k8s.io": "it is for the whole cluster",
	"APIService.apiregistration.k8s.io": "it is for the whole cluster",
}

// Reserved are the kinds that no settings can allow in charts, as Kind.group, and why.
func Reserved() map[string]string { return maps.Clone(reserved) }

// Check lists what may not be applied of the resources of a chart, in the order of the
// resources. The files of the chart are for the lines.
func Check(files []catalog.SubfolderFile, list []resource.Resource, rules Rules) []target.Fault {
	c := &checker{Rules: rules, files: files}
	seen := map[string]resource.Resource{}
	for _, r := range list {
		c.of = r
		c.kind()
		c.names()
		key := r.Kind().GroupKind().String() + " " + r.Name()
		if first, twice := seen[key]; twice {
			c.refuse([]string{"metadata", "name"}, fmt.Sprintf("%s is there twice; the other one is in `%s`", r, first.Path), "Rename one of the two")
		}
		seen[key] = r
		c.byKind()
		for _, p := range r.Pods() {
			c.pod(p)
		}
	}
	return c.faults
}

type checker struct {
	Rules
	files  []catalog.SubfolderFile
	of     resource.Resource // that is checked now
	faults []target.Fault
}

// refuse adds a fault about a field, given by the names that lead to it. Message and remedy
// are sentences without their stop.
func (c *checker) refuse(field []string, message, remedy string) {
	f := target.Fault{Path: c.of.Path, Line: lineOf(c.files, c.of, field), Message: message + ".", Remedy: remedy + "."}
	if !slices.Contains(c.faults, f) {
		c.faults = append(c.faults, f)
	}
}
