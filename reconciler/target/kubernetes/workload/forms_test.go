package workload

import (
	"encoding/json"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// TestThrottled: what a throttle makes of each kind, by its recipe; what was given stays.
func TestThrottled(t *testing.T) {
	of := func(kind string, content string) resource.Resource {
		var fields map[string]any
		if err := json.Unmarshal([]byte(content), &fields); err != nil {
			t.Fatal(err)
		}
		fields["kind"], fields["metadata"] = kind, map[string]any{"name": "board"}
		return resource.Resource{Content: fields}
	}
	one, all := settings.Throttle{Replicas: 1}, settings.Throttle{Replicas: 3, Suspend: true, Flag: true}
	for name, c := range map[string]struct {
		given  resource.Resource
		recipe settings.Throttle
		want   string
	}{
		"replicas":                    {of("Deployment", `{"spec":{"replicas":4}}`), one, `{"spec":{"replicas":1}}`},
		"few replicas":                {of("StatefulSet", `{"spec":{"replicas":2}}`), all, `{"spec":{"replicas":2}}`},
		"no replicas":                 {of("Deployment", `{"spec":{"replicas":0}}`), one, `{"spec":{"replicas":0}}`},
		"replicas that others set":    {of("Rollout", `{"spec":{}}`), one, `{"spec":{}}`},
		"an autoscaler":               {of("HorizontalPodAutoscaler", `{"spec":{"minReplicas":4,"maxReplicas":8}}`), all, `{"spec":{"minReplicas":3,"maxReplicas":3}}`},
		"an autoscaler without least": {of("HorizontalPodAutoscaler", `{"spec":{"maxReplicas":8}}`), one, `{"spec":{"maxReplicas":1}}`},
		"a scaled object":             {of("ScaledObject", `{"spec":{"minReplicaCount":0,"maxReplicaCount":8}}`), one, `{"spec":{"minReplicaCount":0,"maxReplicaCount":1}}`},
		"what is scheduled":           {of("CronJob", `{"spec":{"schedule":"* * * * *"}}`), one, `{"spec":{"schedule":"* * * * *"}}`},
		"what is scheduled, and ends": {of("CronJob", `{"spec":{"schedule":"* * * * *"}}`), all, `{"spec":{"schedule":"* * * * *","suspend":true}}`},
		"a job":                       {of("Job", `{"spec":{}}`), all, `{"spec":{}}`},
		"a flag":                      {of("ConfigMap", `{"data":{"enabled":"true","x":"y"}}`), all, `{"data":{"enabled":"false","x":"y"}}`},
		"a flag that is left":         {of("ConfigMap", `{"data":{"enabled":"true"}}`), one, `{"data":{"enabled":"true"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.given.String() + string(mustCanonical(t, c.given.Content))
			got := Throttled([]resource.Resource{c.given}, c.recipe, "board", "enabled")[0]
			if want := of(c.given.Kind().Kind, c.want); !resource.Alike(got, want) {
				t.Errorf("it becomes %s", mustCanonical(t, got.Content))
			}
			if after := c.given.String() + string(mustCanonical(t, c.given.Content)); after != before {
				t.Errorf("what was given became %s", after)
			}
		})
	}
}

func mustCanonical(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := catalog.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
