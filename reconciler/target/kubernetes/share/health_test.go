package share

import (
	"encoding/json"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
)

// TestHealth: a Rollout is ready once all its replicas have the newest content, and what the controller
// of Argo Rollouts says of it counts for what it says it of.
func TestHealth(t *testing.T) {
	since, until := time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC), time.Date(2026, 4, 2, 3, 30, 0, 0, time.UTC)
	const (
		paused = `"pauseConditions":[{"reason":"CanaryPauseStep","startTime":"2026-04-02T03:00:00Z"}]`
		both   = `"observedGeneration":"4","stableRS":"a","currentPodHash":"b",`
		all    = `"observedGeneration":"4","stableRS":"b","currentPodHash":"b",`
	)
	progressing := func(reason string) target.Health {
		return target.Health{State: target.Progressing, Reason: "Rollout/board: " + reason, Since: since}
	}
	first := progressing("20% of its replicas have the new content")
	first.Share = 20
	running := first
	running.Until = until
	failed := target.Health{State: target.Failing, Reason: "Rollout/board: RolloutAborted: by hand", Share: 20, Since: since}
	for name, c := range map[string]struct {
		status, spec string
		want         target.Health
	}{
		"nobody looked at it":           {`{}`, "", progressing("Argo Rollouts has not looked at it yet")},
		"what was looked at is older":   {`{"phase":"Healthy","observedGeneration":"3","stableRS":"b","currentPodHash":"b"}`, "", progressing("Argo Rollouts has not looked at it yet")},
		"all have it":                   {`{"phase":"Healthy",` + all + `"currentStepIndex":2}`, "", target.Health{State: target.Ready, Since: since}},
		"healthy without all":           {`{"phase":"Healthy",` + both + `"currentStepIndex":2}`, "", progressing("it is healthy")},
		"healthy of nothing":            {`{"phase":"Healthy","observedGeneration":"4"}`, "", progressing("it is healthy")},
		"the share comes":               {`{"phase":"Progressing",` + both + `"currentStepIndex":0,"message":"more replicas need to be updated"}`, "", first},
		"the share has it":              {`{"phase":"Paused",` + both + `"currentStepIndex":1,"message":"CanaryPauseStep",` + paused + `}`, "", running},
		"a pause in seconds":            {`{"phase":"Paused",` + both + `"currentStepIndex":1,` + paused + `}`, `"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{"duration":1800}}]}}`, running},
		"a pause that a person ends":    {`{"phase":"Paused",` + both + `"currentStepIndex":1,` + paused + `}`, `"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{}}]}}`, first},
		"a later step":                  {`{"phase":"Paused",` + both + `"currentStepIndex":3,` + paused + `}`, `"strategy":{"canary":{"steps":[{"setWeight":5},{"pause":{}},{"setWeight":20},{"pause":{"duration":"30m"}},{"setWeight":60}]}}`, running},
		"the pause has no beginning":    {`{"phase":"Progressing",` + both + `"currentStepIndex":1}`, "", first},
		"the others follow":             {`{"phase":"Progressing",` + both + `"currentStepIndex":2,"message":"old replicas are pending termination"}`, "", progressing("old replicas are pending termination")},
		"it comes for the first time":   {`{"phase":"Progressing","observedGeneration":"4","currentPodHash":"b","currentStepIndex":0,"message":"waiting for pods"}`, "", progressing("waiting for pods")},
		"it was aborted":                {`{"phase":"Degraded",` + both + `"abort":true,"currentStepIndex":0,"message":"RolloutAborted: by hand"}`, "", failed},
		"aborted without a step":        {`{"phase":"Progressing",` + both + `"abort":true,"currentStepIndex":2,"message":"RolloutAborted: by hand"}`, "", failed},
		"it is degraded":                {`{"phase":"Degraded",` + both + `"currentStepIndex":0}`, "", target.Health{State: target.Failing, Reason: "Rollout/board: it is degraded", Share: 20, Since: since}},
		"degraded as a whole":           {`{"phase":"Degraded",` + all + `"currentStepIndex":2,"message":"pods crash"}`, "", target.Health{State: target.Failing, Reason: "Rollout/board: pods crash", Since: since}},
		"it was paused by hand":         {`{"phase":"Paused",` + both + `"currentStepIndex":1,` + paused + `}`, `"paused":true,"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{"duration":"30m"}}]}}`, progressing("it was paused by hand")},
		"an old controller":             {`{` + all + `"currentStepIndex":2}`, "", progressing("Argo Rollouts does not say how it does; it has to be version 1.0 or newer")},
		"nothing of it comes to a part": {`{"phase":"Progressing",` + both + `"currentStepIndex":0,"message":"waiting"}`, `"strategy":{"canary":{"steps":[{"setWeight":100}]}}`, progressing("waiting")},
	} {
		t.Run(name, func(t *testing.T) {
			spec := c.spec
			if spec == "" {
				spec = `"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{"duration":"1800s"}}]}}`
			}
			var object unstructured.Unstructured
			text := `{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"board","generation":4},"spec":{` + spec + `},"status":` + c.status + `}`
			if err := json.Unmarshal([]byte(text), &object.Object); err != nil {
				t.Fatal(err)
			}
			if got := Health(&object, since); got != c.want {
				t.Errorf("it does %+v\nand not   %+v", got, c.want)
			}
		})
	}
	odd := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": "board"}, "status": "fine"}}
	if got := Health(odd, since); got.State != target.Unknown {
		t.Errorf("what cannot be read does %+v", got)
	}
}
