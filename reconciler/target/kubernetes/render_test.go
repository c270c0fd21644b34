package kubernetes

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: "{{ .Values.runtime.image }}"}]
`

// blueprint is a chart of a template.
func blueprint(template string) targettest.Blueprint {
	return targettest.Blueprint{"Chart.yaml": "apiVersion: v2\nname: form\nversion: 1.0.0\n", "templates/app.yaml": template}
}

func TestRenderer(t *testing.T) {
	targettest.TestRenderer(t, &Renderer{},
		map[string]targettest.Blueprint{"a job": blueprint(job), "none": {}},
		map[string]targettest.Blueprint{
			"a template that cannot be read": blueprint("{{ if }}"), "privilege": blueprint(strings.Replace(job, "restartPolicy", "hostPID: true\n      restartPolicy", 1)),
			"without end": blueprint("{{ range until 100000000 }}{{ range until 100000000 }}{{ end }}{{ end }}"), "no chart": {"templates/app.yaml": job},
		},
		map[string]targettest.Blueprint{"for another app": blueprint(`{{ if ne .Values.app "sample" }}{{ fail "no" }}{{ end }}` + job)},
	)
}

// TestResources: what was rendered is read again.
func TestResources(t *testing.T) {
	document, faults, err := (&Renderer{}).Render(t.Context(), target.Source{Document: targettest.Object("board", "1.0.0", 1).Document})
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	list, err := artefact.Resources(document)
	if err != nil || len(list) < 6 || list[0].String() != "Namespace/production-board" {
		t.Errorf("the resources are %v, %v", list, err)
	}
}
