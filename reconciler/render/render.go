package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target"
)

// version is part of every render digest: it rises when the same app
// renders to another document.
const version = 1

// Rendering is what an app becomes in one environment.
type Rendering struct {
	Digest   catalog.Digest
	Document json.RawMessage // the runtime document; from Artefact and Whole, what the target takes

	more *making // what the target's kind makes of it besides; nil where it takes the runtime document
}

// app writes the runtime document of an app: what it may use and reach, with
// vendors resolved to host names. It reads the app and, from governance, the
// blueprint folder, the vendors it refers to, and the environment with its strategy; the digest
// names exactly these, and what makes something of its own of them, if anything does. An
// error means that the file is not valid.
func app(governing *catalog.Snapshot, doc *catalog.Document, environment string, more *making) (Rendering, error) {
	app := doc.App()
	if app == nil {
		return Rendering{}, fmt.Errorf("render %s: its file is not valid", doc.Path)
	}
	spec := &app.Spec
	read := map[string]any{
		"version": version, "content": string(doc.Digest()), "environment": environment,
		"blueprint": "", "vendors": map[string]any{},
	}
	if b := governing.Blueprint(spec.Blueprint); b != nil {
		read["blueprint"] = string(b.Folder)
	}
	if more != nil {
		read["renderer"] = fmt.Sprintf("%s/%d", more.by.Reads().Folder, more.by.Version())
		if more.settings != nil {
			read["settings"] = string(more.settings)
		}
	}
	strategy := strategyOf(governing, environment)
	if strategy != nil {
		read["strategy"] = strategy
	}
	egress := map[string]any{}
	allow := func(host catalog.Domain) {
		if name, ok := governing.VendorOf(host); ok {
			egress[string(host)] = name
			read["vendors"].(map[string]any)[name] = string(governing.Document("vendors/" + name + ".yaml").Digest())
		}
	}
	for _, host := range spec.Egress {
		allow(host)
	}
	for _, i := range spec.Integrations {
		if v := governing.Vendor(i.Vendor); v != nil {
			for _, host := range v.Domains {
				allow(host)
			}
		}
	}
	digest, err := catalog.HashOf("d1", read)
	if err != nil {
		return Rendering{}, fmt.Errorf("render %s: %w", doc.Path, err)
	}
	value := app.Value()["spec"].(map[string]any)
	older(value)
	document := map[string]any{
		"apiVersion": catalog.APIVersion, "kind": "Runtime",
		"app": doc.Name, "environment": environment, "title": spec.Title, "version": string(spec.Version),
		"owner": value["owner"], "labels": labels(app), "classification": spec.Classification,
		"runtime": value["runtime"], "access": value["access"], "egress": egress,
		"secrets": value["secrets"], "models": value["models"], "data": value["data"],
		"stage": spec.Lifecycle.Stage, "blueprint": string(spec.Blueprint),
		"content": string(doc.Digest()), "render": string(digest),
	}
	for _, optional := range []string{"slo", "budget", "runbook"} {
		if v, ok := value[optional]; ok {
			document[optional] = v
		}
	}
	if strategy != nil {
		document["strategy"] = strategy
	}
	raw, err := catalog.Canonical(document)
	if err != nil {
		return Rendering{}, fmt.Errorf("render %s: %w", doc.Path, err)
	}
	return Rendering{digest, raw, more}, nil
}

// older takes fields out of the spec of an app that runtime documents are older than, where
// nothing is said in them: the document of such an app stays as it was.
func older(spec map[string]any) {
	for _, use := range spec["data"].([]any) {
		if use := use.(map[string]any); len(use["tokenised"].([]any)) == 0 {
			delete(use, "tokenised")
		}
	}
	for _, model := range spec["models"].([]any) {
		if model := model.(map[string]any); model["filter"] == "none" {
			delete(model, "filter")
		}
	}
	access, session := spec["access"].(map[string]any), catalog.FieldEdit{Field: "spec.access.session"}.Default()
	var byDefault catalog.Duration
	if byDefault.Parse(session) == nil && access["session"] == byDefault.Canonical() {
		delete(access, "session")
	}
}

// strategyOf is how new content comes to replicas in an environment, as a runtime document says
// it; nil where it comes to all at once.
func strategyOf(governing *catalog.Snapshot, environment string) map[string]any {
	settings := governing.Settings()
	if settings == nil {
		return nil
	}
	for _, env := range settings.Environments {
		if s := env.Strategy; string(env.Name) == environment && s != nil {
			return map[string]any{"share": s.Share, "for": int64(s.For)}
		}
	}
	return nil
}

// labels are the app's own and those that say what it is and who pays.
func labels(app *catalog.App) map[string]any {
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(app.Metadata.Labels)) {
		out[name] = app.Metadata.Labels[name]
	}
	out["levee.dev/app"] = string(app.Metadata.Name)
	out["levee.dev/team"] = string(app.Spec.Owner.Team)
	out["levee.dev/version"] = string(app.Spec.Version)
	return out
}

// Object is a rendering as a target takes it.
func (r Rendering) Object(app string, fence target.Fence, disabled bool) target.Object {
	return target.Object{App: app, Render: r.Digest, Document: r.Document, Fence: fence, Disabled: disabled}
}
