package artefact

import (
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// What is added to the runtime document of an app: its resources, and, where its class says,
// what a containment of it does and what a throttle leaves it.
const (
	resources   = "resources"
	containment = "containment"
	throttle    = "throttle"
)

// Make is the artefact of an app: its runtime document with what it becomes in Kubernetes.
func Make(document json.RawMessage, app manifests.App) (json.RawMessage, error) {
	var whole map[string]any
	if err := json.Unmarshal(document, &whole); err != nil {
		return nil, fmt.Errorf("read the runtime document: %w", err)
	}
	whole[resources] = app.Resources
	if len(app.Containment) > 0 {
		whole[containment] = app.Containment
	}
	if app.Throttle != nil {
		whole[throttle] = app.Throttle
	}
	return catalog.Canonical(whole)
}

// Resources are those of an artefact that Make made.
func Resources(document json.RawMessage) ([]resource.Resource, error) {
	var whole struct {
		Resources []resource.Resource `json:"resources"`
	}
	if err := json.Unmarshal(document, &whole); err != nil {
		return nil, fmt.Errorf("read the resources of an app: %w", err)
	}
	return whole.Resources, nil
}

// Containment is what a containment of the app does: by the class that it was rendered for, and
// everything where its document says nothing, as of an app that was never applied.
func Containment(document json.RawMessage) []string {
	var whole struct {
		Containment []string `json:"containment"`
	}
	if json.Unmarshal(document, &whole) != nil || len(whole.Containment) == 0 {
		return settings.Measures
	}
	return whole.Containment
}

// Throttle is what a throttle leaves an app, by the class that it was rendered for; what
// settings.Throttle says by default where its document says nothing.
func Throttle(document json.RawMessage) settings.Throttle {
	var whole struct {
		Throttle settings.Throttle `json:"throttle"`
	}
	_ = json.Unmarshal(document, &whole) // what cannot be read has the default
	whole.Throttle.Replicas = max(1, whole.Throttle.Replicas)
	return whole.Throttle
}

// Flag is the app of a document and the key that switches it off; empty where there is none.
func Flag(document json.RawMessage) (app, flag string) {
	var whole struct {
		App     string `json:"app"`
		Runbook struct {
			Flag string `json:"flag"`
		} `json:"runbook"`
	}
	_ = json.Unmarshal(document, &whole) // a damaged one has none
	return whole.App, whole.Runbook.Flag
}

// Plain is an artefact without its resources: the runtime document.
func Plain(document json.RawMessage) json.RawMessage {
	var whole map[string]any
	if len(document) == 0 || json.Unmarshal(document, &whole) != nil {
		return nil
	}
	delete(whole, resources)
	delete(whole, containment)
	delete(whole, throttle)
	raw, err := catalog.Canonical(whole)
	if err != nil {
		return nil
	}
	return raw
}
