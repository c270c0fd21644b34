package live

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/inventory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/share"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/workload"
)

// HealthOf is how an app does: as its worst resource does. What has drifted is not ready.
func HealthOf(inv *inventory.Inventory, found *Resources, drifted string) target.Health {
	h := target.Health{State: target.Ready, Since: inv.Applied}
	for _, ref := range inv.Resources {
		object := found.Get(ref)
		if object == nil || ref.Leaving {
			continue // that is drift, or what takes its place tells
		}
		one := Health(object)
		switch {
		case worse(one.State, h.State):
			h = one
		case one.State == h.State && one.Since.After(h.Since):
			h.Since = one.Since
		}
	}
	if drifted != "" && h.State == target.Ready {
		return target.Health{State: target.Progressing, Reason: "it is not as it was applied: " + drifted}.Bounded()
	}
	return h.Bounded()
}

// severity is the states from the best to the worst.
var severity = map[target.HealthState]int{target.Ready: 0, target.Progressing: 1, target.Unknown: 2, target.Failing: 3}

func worse(a, b target.HealthState) bool { return severity[a] > severity[b] }

// Health is what a resource says of itself, by the rules that the field shares. A
// Deployment that cannot come forward is failing, not progressing for ever.
func Health(live *unstructured.Unstructured) target.Health {
	if live.GroupVersionKind().GroupKind() == share.Rollout.GroupKind() {
		return share.Health(live, changedAt(live))
	}
	result, err := status.Compute(live)
	if err != nil {
		return target.Health{State: target.Unknown, Reason: live.GetKind() + "/" + live.GetName() + ": " + err.Error()}
	}
	said := live.GetKind() + "/" + live.GetName() + ": " + strings.TrimSpace(result.Message)
	since := changedAt(live)
	switch result.Status {
	case status.CurrentStatus:
		return target.Health{State: target.Ready, Since: since}
	case status.FailedStatus:
		return target.Health{State: target.Failing, Reason: said, Since: since}
	case status.UnknownStatus:
		return target.Health{State: target.Unknown, Reason: said, Since: since}
	}
	return target.Health{State: target.Progressing, Reason: said, Since: since}
}

// WellOff reports whether a live workload does so well that what it takes the place of can go.
func WellOff(live *unstructured.Unstructured) bool {
	return live != nil && live.GetDeletionTimestamp() == nil && Health(live).State == target.Ready
}

// changedAt is when a condition of a resource changed last; zero where it has none.
func changedAt(live *unstructured.Unstructured) (at time.Time) {
	list, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	for _, c := range list {
		raw, _ := json.Marshal(c) // came from JSON
		var condition struct {
			LastTransitionTime time.Time `json:"lastTransitionTime"`
		}
		if json.Unmarshal(raw, &condition) == nil && condition.LastTransitionTime.After(at) {
			at = condition.LastTransitionTime
		}
	}
	return at
}

// Ending says which resources that run nothing any more have pods that have not ended; empty
// where none has.
func Ending(inv *inventory.Inventory, found *Resources) string {
	var words []string
	for _, ref := range inv.Resources {
		if object := found.Get(ref); object != nil && workload.Stopped(ref.Kind) != nil && !workload.Runs(object) && workload.HasPods(object) {
			words = append(words, "pods of "+ref.String()+" have not ended yet")
		}
	}
	return FirstOf(words, "; ")
}
