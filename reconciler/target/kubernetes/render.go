package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
)

// Renderer makes Kubernetes resources of an app, by its blueprint's chart or the built-in one.
// Its zero value is ready; charts are rendered in children of this program.
type Renderer struct{ Charts chart.Renderer }

var _ target.Renderer = (*Renderer)(nil)

// Reads implements target.Renderer.
func (*Renderer) Reads() target.Reads {
	return target.Reads{Folder: "chart", Optional: true, Setting: "kubernetes"}
}

// Version implements target.Renderer.
func (*Renderer) Version() int { return 1 }

// Render implements target.Renderer.
func (r *Renderer) Render(ctx context.Context, source target.Source) (json.RawMessage, []target.Fault, error) {
	app, faults, err := manifests.Render(ctx, &r.Charts, source)
	if err != nil || len(faults) > 0 {
		return nil, faults, err
	}
	document, err := artefact.Make(source.Document, app)
	return document, nil, err
}

// Check implements target.Renderer: it renders the chart for an app of each type that could be.
// What is wrong for all of them is wrong with the chart.
func (r *Renderer) Check(files []catalog.SubfolderFile) []target.Fault {
	var common []target.Fault
	for i, sample := range samples() {
		_, faults, err := manifests.Render(context.Background(), &r.Charts, target.Source{Document: sample, Files: files})
		if err != nil || len(faults) == 0 {
			return nil // what could not be told is told when an app is rendered
		}
		if i == 0 {
			common = faults
			continue
		}
		common = both(common, faults)
	}
	return common
}

// both lists the faults that are in two lists.
func both(a, b []target.Fault) (all []target.Fault) {
	for _, f := range a {
		for _, g := range b {
			if f == g {
				all = append(all, f)
				break
			}
		}
	}
	return all
}

// samples are apps that no catalog has, one of each type that runs here.
var samples = sync.OnceValue(func() []json.RawMessage {
	var all []json.RawMessage
	for _, kind := range manifests.Types {
		raw, err := catalog.Canonical(map[string]any{
			"app": "sample", "environment": "sample", "title": "Sample", "version": "1.0.0", "labels": map[string]any{},
			"owner": map[string]any{"person": "sample", "team": "sample", "fallback": "sample"}, "classification": "internal", "stage": "prototype",
			"runtime": map[string]any{
				"type": kind, "image": "registry.example.com/sample@sha256:" + fmt.Sprintf("%064d", 0), "schedule": "0 6 * * *",
				"cpu": 0.1, "memory": 128 << 20, "timeout": 300, "concurrency": 1, "regions": []any{},
			},
			"access": map[string]any{"groups": []any{}, "scopes": []any{}, "sso": "oidc"},
			"egress": map[string]any{}, "secrets": []any{}, "models": []any{}, "data": []any{},
		})
		if err != nil {
			panic("kubernetes: a sample is JSON: " + err.Error()) // unreachable
		}
		all = append(all, raw)
	}
	return all
})
