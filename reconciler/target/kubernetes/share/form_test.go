package share

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// of is a resource of a kind with a spec, called board.
func of(t *testing.T, apiVersion, kind, spec string) resource.Resource {
	t.Helper()
	var r resource.Resource
	text := `{"content":{"apiVersion":"` + apiVersion + `","kind":"` + kind + `","metadata":{"name":"board","namespace":"n","labels":{"levee.dev/app":"board"}},"spec":` + spec + `}}`
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	pods     = `"selector":{"matchLabels":{"levee.dev/app":"board"}},"template":{"metadata":{"labels":{"levee.dev/app":"board"}},"spec":{"containers":[{"name":"app","image":"a@sha256:1","resources":{"limits":{"cpu":"0.5"}}}]}}`
	rollouts = `"kind":"Rollout","metadata":{"labels":{"levee.dev/app":"board"},"name":"board","namespace":"n"}`
	scaled   = `{"maxReplicas":4,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"board"}}`
)

var tenth = target.Strategy{Share: 10, For: 90 * time.Minute}

// TestForm: a Deployment becomes a Rollout of the same pods under the same name, and whatever scales it
// scales that; everything else stays as it was given.
func TestForm(t *testing.T) {
	for name, c := range map[string]struct {
		given []resource.Resource
		want  []string // parts of each
	}{
		"a Deployment": {[]resource.Resource{of(t, "apps/v1", "Deployment", `{"replicas":3,"revisionHistoryLimit":2,"progressDeadlineSeconds":60,"minReadySeconds":5,"paused":true,`+pods+`}`)}, []string{
			`"apiVersion":"argoproj.io/v1alpha1",` + rollouts, `"replicas":3,"revisionHistoryLimit":2`, `"progressDeadlineSeconds":60`, `"minReadySeconds":5`,
			`"strategy":{"canary":{"steps":[{"setWeight":10},{"pause":{"duration":"5400s"}}]}}`, `"selector":{"matchLabels":{"levee.dev/app":"board"}}`,
			`"rollbackWindow":{"revisions":2}`, `"limits":{"cpu":"500m"}`, // as the controller of Argo Rollouts writes it back
		}},
		"bounds of a rolling update": {[]resource.Resource{of(t, "apps/v1", "Deployment", `{"strategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":"10%"}},`+pods+`}`)}, []string{
			`"canary":{"maxSurge":1,"maxUnavailable":"10%","steps":`,
		}},
		"an autoscaler": {[]resource.Resource{of(t, "apps/v1", "Deployment", `{`+pods+`}`), of(t, "autoscaling/v2", "HorizontalPodAutoscaler", scaled)}, []string{
			rollouts, `"scaleTargetRef":{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"board"}`,
		}},
		"an autoscaler of KEDA": {[]resource.Resource{of(t, "apps/v1", "Deployment", `{`+pods+`}`), of(t, "keda.sh/v1alpha1", "ScaledObject", `{"scaleTargetRef":{"name":"board"}}`)}, []string{
			rollouts, `"scaleTargetRef":{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","name":"board"}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := json.Marshal(c.given)
			formed, err := Form(c.given, tenth)
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := json.Marshal(formed)
			for _, want := range c.want {
				if !strings.Contains(string(raw), want) {
					t.Errorf("it lacks %s:\n%s", want, raw)
				}
			}
			for _, not := range []string{`"paused"`, "creationTimestamp", `"Deployment"`} {
				if strings.Contains(string(raw), not) {
					t.Errorf("it has %s:\n%s", not, raw)
				}
			}
			if after, _ := json.Marshal(c.given); string(after) != string(before) {
				t.Errorf("what was given became %s", after)
			}
		})
	}
}

// TestFormKeeps: what cannot be a Rollout stays, and why is said.
func TestFormKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		given resource.Resource
		why   string
	}{
		"one version after the other": {of(t, "apps/v1", "Deployment", `{"strategy":{"type":"Recreate"},`+pods+`}`), "strategy Recreate"},
		"no replicas":                 {of(t, "apps/v1", "Deployment", `{"replicas":0,`+pods+`}`), "has no replicas"},
		"a schedule":                  {of(t, "batch/v1", "CronJob", `{"schedule":"0 6 * * *"}`), "a job has no replicas"},
		"a StatefulSet":               {of(t, "apps/v1", "StatefulSet", `{`+pods+`}`), "StatefulSet"},
		"a Rollout of its own":        {of(t, "argoproj.io/v1alpha1", "Rollout", `{`+pods+`}`), "a Rollout of its own"},
		"what others scale":           {of(t, "autoscaling/v2", "HorizontalPodAutoscaler", scaled), "none of its resources has replicas"},
	} {
		t.Run(name, func(t *testing.T) {
			list := []resource.Resource{c.given}
			formed, err := Form(list, tenth)
			if err != nil {
				t.Fatal(err)
			}
			was, _ := json.Marshal(list)
			if is, _ := json.Marshal(formed); string(is) != string(was) {
				t.Errorf("it becomes %s", is)
			}
			if why := Why(list); !strings.Contains(why, c.why) {
				t.Errorf("it is said %q", why)
			}
			if why := Why(append(list, of(t, "apps/v1", "Deployment", `{`+pods+`}`))); why != "" {
				t.Errorf("with a Deployment beside it is said %q", why)
			}
		})
	}
	odd := []resource.Resource{of(t, "apps/v1", "Deployment", `{"replicas":"many"}`)}
	if _, err := Form(odd, tenth); err == nil || !strings.Contains(err.Error(), "Deployment/board") {
		t.Errorf("of what is no Deployment it is said %v", err)
	}
}

// TestLone: of one replica a share is as much again, and that has to be said.
func TestLone(t *testing.T) {
	for spec, want := range map[string]bool{`{"replicas":1,` + pods + `}`: true, `{"replicas":2,` + pods + `}`: false, `{` + pods + `}`: false} {
		given := []resource.Resource{of(t, "apps/v1", "Deployment", spec)}
		formed, err := Form(given, tenth)
		if err != nil || Lone(formed[0]) != want || Lone(given[0]) {
			t.Errorf("of %s it is said %t, %v", spec, !want, err)
		}
	}
}
