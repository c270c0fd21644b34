package rbac

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/gate"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// Resource is a kind as the API server names it in rights.
type Resource struct {
	Group string
	Name  string // the plural
}

// String is the resource as plural.group.
func (r Resource) String() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

// reasons are why apps need the kinds that every app may have, and the one that a strategy gives them.
var reasons = map[string]string{
	"Namespace":                           "Each app has a namespace of its own, which goes with it.",
	"ResourceQuota":                       "It bounds what an app may use of the cluster.",
	"LimitRange":                          "It bounds what one container of an app may use.",
	"ServiceAccount":                      "It is the identity of an app; a containment deletes it, and with it all its tokens.",
	"NetworkPolicy.networking.k8s.io":     "It holds the traffic of an app; a containment puts one there and deletes the others.",
	"ConfigMap":                           "It holds the flag of an app, which a containment switches off, and what charts configure.",
	"Ingress.networking.k8s.io":           "It lets users in, where kubernetes.ingress gives apps a host.",
	"Deployment.apps":                     "Charts run apps by it; a containment scales it to nothing.",
	"StatefulSet.apps":                    "Charts run apps by it; a containment scales it to nothing.",
	"Job.batch":                           "Charts run apps by it; a containment suspends it.",
	"CronJob.batch":                       "Charts run apps by it; a containment suspends it.",
	"Service":                             "Charts make apps reachable by it.",
	"PersistentVolumeClaim":               "Charts have apps store things by it.",
	"PodDisruptionBudget.policy":          "Charts keep apps running by it while nodes are drained.",
	"HorizontalPodAutoscaler.autoscaling": "Charts scale apps by it.",
	"Rollout.argoproj.io":                 "It takes the place of a Deployment where a share of the replicas has new content first; a containment scales it to nothing.",
}

// builtIn are the kinds that every app may have, as Kind.group, in the order of the rules.
func builtIn() []string {
	all := slices.Clone(manifests.Kinds)
	for _, kind := range gate.DefaultKinds {
		if !slices.Contains(all, kind) {
			all = append(all, kind)
		}
	}
	return all
}

// reasonOf is why apps may have a kind.
func reasonOf(kind string) string {
	if setting := manifests.AddedKinds[kind]; setting != "" {
		return "Apps are given it by the setting " + setting + " of catalog.yaml."
	}
	return cmp.Or(reasons[kind], "Charts may have it, by kubernetes.kinds of catalog.yaml.")
}

var (
	kindPattern     = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(\.[a-z0-9.-]+)?$`)
	resourcePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9.-]+)?$`)
)

// ParseKind is the resource of a kind, given as Kind.group, as far as its plural follows from
// the kind.
func ParseKind(kind string) (Resource, error) {
	if !kindPattern.MatchString(kind) {
		return Resource{}, fmt.Errorf("%q is not a kind with its group, such as Rollout.argoproj.io", kind)
	}
	if why := gate.Reserved()[kind]; why != "" && reasons[kind] == "" {
		return Resource{}, fmt.Errorf("no app may have a %s: %s", kind, why)
	}
	resource, ok := resourceOf(kind)
	if !ok {
		return Resource{}, fmt.Errorf("what the plural of %s is does not follow from its name; give the resource instead, as `kubectl api-resources` names it", kind)
	}
	return resource, nil
}

// ParseResource is a resource that is given as plural.group.
func ParseResource(text string) (Resource, error) {
	if !resourcePattern.MatchString(text) {
		return Resource{}, fmt.Errorf("%q is not a resource with its group, such as rollouts.argoproj.io", text)
	}
	name, group, _ := strings.Cut(text, ".")
	for _, kind := range slices.Sorted(maps.Keys(gate.Reserved())) {
		if r, ok := resourceOf(kind); ok && r.String() == text && reasons[kind] == "" {
			return Resource{}, fmt.Errorf("no app may have %s: %s", text, gate.Reserved()[kind])
		}
	}
	return Resource{Group: group, Name: name}, nil
}

// resourceOf makes the plural of a kind, where there is but one way to make it: a kind that ends
// in a single s may be its own plural.
func resourceOf(kind string) (Resource, bool) {
	name, group, _ := strings.Cut(kind, ".")
	name = strings.ToLower(name)
	stem, last := name[:len(name)-1], name[len(name)-1:]
	switch {
	case last == "y" && !endsIn(stem, "a", "e", "i", "o", "u"):
		name = stem + "ies"
	case endsIn(name, "ss", "x", "ch", "sh"):
		name += "es"
	case endsIn(name, "s", "z"):
		return Resource{}, false
	default:
		name += "s"
	}
	return Resource{Group: group, Name: name}, true
}

func endsIn(word string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(word, ending) })
}
