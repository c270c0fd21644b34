package manifests

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
)

// app is what a runtime document and the settings say, as far as it is read here.
type app struct {
	Name        string            `json:"app"`
	Environment string            `json:"environment"`
	Title       string            `json:"title"`
	Version     string            `json:"version"`
	Labels      map[string]string `json:"labels"`
	Owner       struct {
		Person, Team, Fallback string
	} `json:"owner"`
	Classification string            `json:"classification"`
	Stage          string            `json:"stage"`
	Runtime        runtime           `json:"runtime"`
	Egress         map[string]string `json:"egress"` // the vendor of each host
	Secrets        []struct {
		Name, Store, Path string
		TTL               json.Number // seconds
	} `json:"secrets"`
	Budget *struct {
		Monthly  json.Number
		Currency string
	} `json:"budget"`
	Runbook *struct{ Contact, Flag string } `json:"runbook"`

	settings  settings.Kubernetes
	class     settings.KubernetesClass
	namespace string
}

// read takes apart a runtime document and the settings given for clusters, which may be null. An error means that
// they are not what they should be; faults, that the app cannot be in Kubernetes as it is.
func read(document, given json.RawMessage) (*app, []target.Fault, error) {
	a := &app{}
	if err := json.Unmarshal(document, a); err != nil {
		return nil, nil, fmt.Errorf("read the runtime document: %w", err)
	}
	a.settings = settings.DefaultKubernetes()
	if len(given) > 0 {
		if err := json.Unmarshal(given, &a.settings); err != nil {
			return nil, nil, fmt.Errorf("read the settings for Kubernetes: %w", err)
		}
	}
	a.class = a.settings.Class(a.Stage, a.Classification)
	a.namespace = a.fill(a.settings.Namespace)
	var faults []target.Fault
	if wrong := validation.IsDNS1123Label(a.namespace); len(wrong) > 0 {
		faults = append(faults, target.Fault{
			Message: fmt.Sprintf("The app's namespace would be `%s`, which cannot be: %s.", a.namespace, wrong[0]),
			Remedy:  "Shorten the name of the app, or `kubernetes.namespace` in catalog.yaml.",
		})
	}
	switch {
	case a.Runtime.Type == "external":
		faults = append(faults, target.Fault{Message: "An app of type `external` runs elsewhere, and not in Kubernetes.", Remedy: "Choose another type, or an environment with another target."})
	case a.Runtime.Image == "":
		faults = append(faults, target.Fault{Message: "An app in Kubernetes is run from an image, and this one names none.", Remedy: "Give it `runtime.image`, with its digest."})
	case !pinned.MatchString(a.Runtime.Image):
		faults = append(faults, target.Fault{Message: fmt.Sprintf("The image `%s` is not pinned: what runs would not be what was approved.", a.Runtime.Image), Remedy: "Add its digest, as @sha256:…."})
	case a.Runtime.Type == "scheduled" && a.Runtime.Schedule == "":
		faults = append(faults, target.Fault{Message: "The app is scheduled, and does not say when.", Remedy: "Give it `runtime.schedule`."})
	}
	return a, faults, nil
}

var pinned = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)

// fill fills in a pattern of the settings.
func (a *app) fill(pattern string) string {
	return settings.FillIn(pattern, a.Environment, a.Name, a.Owner.Team)
}

// The labels by which everything of an app is known.
const (
	LabelManagedBy   = "app.kubernetes.io/managed-by"
	LabelApp         = "levee.dev/app"
	LabelEnvironment = "levee.dev/environment"
	ManagedBy        = "levee"
)

// LabelInventory says in which namespace the inventory lies that lists a resource: a cluster may
// be served by several daemons. It is put on what is applied, and on nothing that is only printed.
const LabelInventory = "levee.dev/inventory"

// labels are on everything that belongs to the app, and on its pods. What cannot be a label
// is an annotation only.
func (a *app) labels() map[string]any {
	all := map[string]any{
		LabelManagedBy: ManagedBy, LabelApp: a.Name, LabelEnvironment: a.Environment, "app.kubernetes.io/name": a.Name,
		"levee.dev/team": a.Owner.Team, "levee.dev/owner": a.Owner.Person, "levee.dev/stage": a.Stage,
		"levee.dev/classification": a.Classification, "app.kubernetes.io/version": a.Version,
	}
	for name, value := range a.Labels {
		if _, taken := all[name]; !taken {
			all[name] = value
		}
	}
	maps.DeleteFunc(all, func(name string, value any) bool {
		return len(validation.IsQualifiedName(name)) > 0 || len(validation.IsValidLabelValue(value.(string))) > 0
	})
	return all
}

// annotations are what people look for on everything that belongs to the app.
func (a *app) annotations() map[string]any {
	all := map[string]any{
		"levee.dev/title": a.Title, "levee.dev/version": a.Version, "levee.dev/owner": a.Owner.Person, "levee.dev/fallback": a.Owner.Fallback,
	}
	if b := a.Budget; b != nil {
		all["levee.dev/budget"] = string(b.Monthly) + " " + b.Currency + " a month"
	}
	if a.Runbook != nil {
		all["levee.dev/contact"] = a.Runbook.Contact
	}
	for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
		if len(validation.IsValidLabelValue(a.Labels[name])) > 0 && len(validation.IsQualifiedName(name)) == 0 {
			all[name] = a.Labels[name]
		}
	}
	return all
}

// selector is what the pods of the app have in common, and no other pods.
func (a *app) selector() map[string]any { return map[string]any{LabelApp: a.Name} }
