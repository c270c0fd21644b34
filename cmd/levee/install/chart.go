package install

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

//go:embed all:chart
var chartFiles embed.FS

// Render renders the chart of the daemon, in the order in which it is applied.
func Render(ctx context.Context, namespace string, values map[string]any) ([]resource.Resource, error) {
	files, err := chart.Files(chartFiles, "chart")
	if err != nil {
		return nil, fmt.Errorf("read the chart of the daemon: %w", err)
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("write the values for the chart of the daemon: %w", err)
	}
	var charts chart.Renderer
	list, faults, err := charts.Render(ctx, files, chart.Release{Name: "levee", Namespace: namespace, Values: raw})
	switch {
	case err != nil:
		return nil, fmt.Errorf("render the chart of the daemon: %w", err)
	case len(faults) > 0:
		return nil, exit.Usagef("render the chart of the daemon: %s %s", faults[0].Message, faults[0].Remedy)
	}
	resource.Sort(list)
	return list, nil
}

// YAML writes the namespace, the rights and the rest as `kubectl apply` takes them.
func YAML(namespace string, granted []byte, list []resource.Resource) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, `# The daemon of Levee in the namespace %[1]s. Printed by "levee install".
apiVersion: v1
kind: Namespace
metadata:
  name: %[1]s
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: latest
---
`, namespace)
	out.Write(granted)
	if err := resource.WriteYAML(&out, list); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
