package share

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
)

// live is a Rollout, as far as it is read here.
type live struct {
	Metadata struct {
		Name       string
		Generation int64
	}
	Spec struct {
		Paused   bool
		Strategy struct {
			Canary struct{ Steps []step }
		}
	}
	Status struct {
		ObservedGeneration string
		Phase, Message     string
		Abort              bool
		CurrentStepIndex   *int
		StableRS           string
		CurrentPodHash     string
		PauseConditions    []struct {
			Reason    string
			StartTime time.Time
		}
	}
}

// step is one of a canary's; most fields are of kinds of steps that are not looked at.
type step struct {
	SetWeight *int
	Pause     *struct{ Duration any }
}

// Health is how a live Rollout does, by what the controller of Argo Rollouts says of it: since is when a
// condition of it last changed. It is ready once all replicas have the newest content.
func Health(object *unstructured.Unstructured, since time.Time) target.Health {
	var r live
	raw, err := json.Marshal(object.Object)
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	named := "Rollout/" + object.GetName() + ": "
	if err != nil {
		return target.Health{State: target.Unknown, Reason: named + "its status cannot be read: " + err.Error()}
	}
	h := target.Health{State: target.Progressing, Since: since}
	said := strings.TrimSpace(r.Status.Message)
	share, until := r.share()
	switch {
	case r.Status.ObservedGeneration != strconv.FormatInt(r.Metadata.Generation, 10):
		h.Reason = "Argo Rollouts has not looked at it yet"
	case r.Status.Abort || r.Status.Phase == "Degraded":
		h.State, h.Reason, h.Share = target.Failing, said, share
		if h.Reason == "" {
			h.Reason = "it is degraded"
		}
	case r.Spec.Paused:
		h.Reason = "it was paused by hand"
	case r.Status.Phase == "Healthy" && r.Status.StableRS == r.Status.CurrentPodHash && r.Status.StableRS != "":
		return target.Health{State: target.Ready, Since: since}
	case share > 0:
		h.Reason, h.Share, h.Until = fmt.Sprintf("%d%% of its replicas have the new content", share), share, until
	case said != "":
		h.Reason = said
	case r.Status.Phase == "":
		h.Reason = "Argo Rollouts does not say how it does; it has to be version 1.0 or newer"
	default:
		h.Reason = "it is " + strings.ToLower(r.Status.Phase)
	}
	h.Reason = named + h.Reason
	return h
}

// share is how many percent of the replicas the controller gives the newest content first, at the step that it is
// at, and until when it pauses there; zero where there is no older content that the others
// have, or no step is left. What was aborted began with the first step.
func (r *live) share() (percent int, until time.Time) {
	steps := r.Spec.Strategy.Canary.Steps
	if r.Status.StableRS == "" || r.Status.StableRS == r.Status.CurrentPodHash || r.Status.CurrentStepIndex == nil {
		return 0, time.Time{}
	}
	at := *r.Status.CurrentStepIndex
	if at >= len(steps) && !r.Status.Abort {
		return 0, time.Time{}
	}
	for i, s := range steps {
		if s.SetWeight != nil && (i <= at || percent == 0) {
			percent = *s.SetWeight
		}
	}
	if percent < 1 || percent > 99 {
		return 0, time.Time{}
	}
	if r.Status.Abort || at >= len(steps) || steps[at].Pause == nil {
		return percent, time.Time{}
	}
	lasts, ok := length(steps[at].Pause.Duration)
	for _, p := range r.Status.PauseConditions {
		if ok && p.Reason == "CanaryPauseStep" {
			return percent, p.StartTime.Add(lasts)
		}
	}
	return percent, time.Time{}
}

// length is how long a pause lasts: so many seconds, or a number with a unit; ok is false for one that
// a person ends.
func length(v any) (time.Duration, bool) {
	switch v := v.(type) {
	case float64:
		return time.Duration(v) * time.Second, true
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return time.Duration(n) * time.Second, true
		}
		d, err := time.ParseDuration(v)
		return d, err == nil
	}
	return 0, false
}
