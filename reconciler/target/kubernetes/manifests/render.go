package manifests

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/gate"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// Types are the types of apps that have a built-in chart.
var Types = []string{"container", "function", "static", "scheduled"}

//go:embed all:charts
var embedded embed.FS

// BuiltIn is the chart of a type of app, for blueprints that have none. It is one to begin an
// own one with.
func BuiltIn(appType string) ([]catalog.SubfolderFile, error) {
	var files []catalog.SubfolderFile
	for _, dir := range []string{"charts/common", "charts/" + appType} {
		list, err := chart.Files(embedded, dir)
		if err != nil {
			return nil, fmt.Errorf("read the built-in chart for %s: %w", appType, err)
		}
		files = append(files, list...)
	}
	return files, nil
}

// App is what an app becomes: its resources, in the order in which they are applied, and, where
// its class says, the measures of its containment and what a throttle leaves it.
type App struct {
	Resources   []resource.Resource
	Containment []string
	Throttle    *settings.Throttle
}

// Render makes what an app becomes from its
// runtime document, the settings of the catalog for Kubernetes and the chart of its blueprint;
// the built-in one where files is empty. Faults are what is wrong with these.
func Render(ctx context.Context, by *chart.Renderer, source target.Source) (App, []target.Fault, error) {
	a, faults, err := read(source.Document, source.Settings)
	if err != nil || len(faults) > 0 {
		return App{}, faults, err
	}
	files := source.Files
	builtIn := len(files) == 0
	if builtIn {
		if files, err = BuiltIn(a.Runtime.Type); err != nil {
			return App{}, nil, err
		}
	}
	values, err := a.values(source)
	if err != nil {
		return App{}, nil, err
	}
	list, faults, err := by.Render(ctx, files, chart.Release{Name: a.Name, Namespace: a.namespace, Values: values})
	if err == nil && len(faults) == 0 {
		for _, r := range list {
			a.complete(r)
		}
		faults = gate.Check(files, list, gate.Rules{
			App: a.Name, Namespace: a.namespace, Images: append([]string{a.Runtime.Image}, a.settings.Images...), Kinds: a.settings.Kinds,
			RuntimeClass: a.class.RuntimeClass, CPU: a.Runtime.cpu(), Memory: a.Runtime.memory(),
		})
	}
	if err != nil || len(faults) > 0 {
		return App{}, ofChart(faults, builtIn), err
	}
	for _, r := range append(append(a.surroundings(), a.network()...), a.configuration()...) {
		a.complete(r)
		list = append(list, r)
	}
	faults = twice(list)
	resource.Sort(list)
	return App{Resources: list, Containment: a.class.Containment, Throttle: a.class.Throttle}, faults, nil
}

// ofChart has faults of a built-in chart stand at none of the blueprint's files.
func ofChart(faults []target.Fault, builtIn bool) []target.Fault {
	if builtIn {
		for i := range faults {
			faults[i].Path, faults[i].Line = "", 0
		}
	}
	return faults
}

// twice refuses what a chart brings and every app has already.
func twice(list []resource.Resource) (faults []target.Fault) {
	ours := map[string]bool{}
	for _, r := range list {
		if r.Path == "" {
			ours[r.String()] = true
		}
	}
	for _, r := range list {
		if r.Path != "" && ours[r.String()] {
			faults = append(faults, target.Fault{Path: r.Path, Message: fmt.Sprintf("Every app is given a `%s` by itself.", r), Remedy: "Remove it from the chart, or call it otherwise."})
		}
	}
	return faults
}

// values is what a chart is given: the runtime document, and what follows from the settings.
func (a *app) values(source target.Source) (json.RawMessage, error) {
	var document map[string]any
	if err := json.Unmarshal(source.Document, &document); err != nil {
		return nil, fmt.Errorf("read the runtime document: %w", err)
	}
	host := ""
	if i := a.settings.Ingress; i != nil && !a.class.NoIngress {
		host = a.fill(i.Host)
	}
	document["kubernetes"] = map[string]any{"namespace": a.namespace, "class": string(a.class.Name), "host": host, "secretStore": a.settings.SecretStore}
	return catalog.Canonical(document)
}
