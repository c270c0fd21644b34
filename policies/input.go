package policies

import (
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/advice"
)

// input is the input of rules for an app: the app, the admitted app, what it refers to,
// facts, and the date in a zone. It always has every field, whatever the app leaves out, so that no
// rule is undefined because a list is missing.
func input(q Question, doc *catalog.Document, app *catalog.App, cache *refCache, signing *Signing, settings *settings.Settings, places map[string]secretPlace, zone *time.Location) map[string]any {
	today := scalar.DateOf(q.Now, zone)
	value := app.Value()
	var admitted any
	switch q.Admitted {
	case nil:
	case app: // what runs is judged again
		admitted = value
	default:
		admitted = q.Admitted.Value()
	}
	cross := q.Proposed.CrossFacts(doc, q.Governing)
	if q.Home {
		cross.SameName = nil
	}
	return map[string]any{
		"app":      value,
		"admitted": admitted,
		"refs":     refs(q, doc, app, cache, signing, places, advice.New(q.Governing, q.Proposed, settings, today), zone),
		"facts": map[string]any{
			"catalog": crossFacts(cross),
			"author":  author(q.Facts.Change),
			"reach":   reach(settings, app),
			// What is wrong with the cron schedule, as the end of a sentence.
			"schedule": scheduleTrouble(app.Spec.Runtime.Schedule),
		},
		"today": string(today),
	}
}

func refs(q Question, doc *catalog.Document, app *catalog.App, cache *refCache, signing *Signing, places map[string]secretPlace, a advice.Advisor, zone *time.Location) map[string]any {
	g, spec := q.Governing, &app.Spec
	vendors, domains, purposes := map[string]any{}, map[string]any{}, map[string]bool{}
	addVendor := func(name string) {
		if v := catalog.Object[catalog.Vendor](g.Document("vendors/" + name + ".yaml")); v != nil {
			vendors[name] = cache.vendor(v)
			purposes[v.Spec.Purpose] = true
		}
	}
	for _, i := range spec.Integrations {
		purposes[i.Purpose] = true
		addVendor(string(i.Vendor))
	}
	for _, host := range spec.Egress {
		domains[string(host)] = nil
		if name, ok := g.VendorOf(host); ok {
			domains[string(host)] = name
			addVendor(name)
		}
	}
	alternatives := map[string]any{}
	for purpose := range purposes {
		alternatives[purpose] = words(g.VendorsFor(purpose))
	}
	dependencies := map[string]any{}
	for _, name := range spec.DependsOn {
		dependencies[string(name)] = nil
		if dep := q.Proposed.AppNamed(name).App(); dep != nil {
			dependencies[string(name)] = map[string]any{"stage": dep.Spec.Lifecycle.Stage, "classification": dep.Spec.Classification}
		}
	}
	dataSets := map[string]any{} // nil for a file that cannot be read; nothing for none
	for _, use := range spec.Data {
		if d := catalog.DataSetIn(g, use.Dataset); d != nil {
			dataSets[d.Name] = cache.dataSet(d)
		}
	}
	files, image := signing.Evidence(doc), map[string]any{}
	image["unsigned"], image["remedy"] = signing.ImageUnsigned(doc, files)
	return map[string]any{
		"blueprint": cache.blueprint(spec.Blueprint), "vendors": vendors, "domains": domains, "alternatives": alternatives,
		"dataSets": dataSets,
		"owner": map[string]any{
			"person": cache.person(spec.Owner.Person), "team": cache.team(spec.Owner.Team), "fallback": cache.person(spec.Owner.Fallback),
		},
		"reviewer":     reviewer(cache, spec),
		"dependencies": dependencies, "places": placeValues(places), "evidence": evidenceValues(files, zone), "image": image,
		"instead": a.Instead(app),
		"waivers": withIDs(g.WaiversOf(doc.Name), func(w *catalog.Waiver) (catalog.Name, map[string]any) {
			return w.Metadata.Name, w.Value()
		}),
		"grants": withIDs(activeGrants(g.GrantsOf(doc.Name), q.Now), func(g *catalog.Grant) (catalog.Name, map[string]any) {
			return g.Metadata.Name, g.Value()
		}),
	}
}

// reviewer is the person who read the code of an app that a model wrote; nil for nobody.
func reviewer(cache *refCache, spec *catalog.AppSpec) any {
	if spec.Quality == nil || spec.Quality.Reviewer == "" {
		return nil
	}
	return cache.person(spec.Quality.Reviewer)
}

// scheduleTrouble is what is wrong with a cron expression; empty for nothing.
func scheduleTrouble(schedule string) string {
	if schedule == "" {
		return ""
	}
	if _, err := scalar.ReadCron(schedule); err != nil {
		return err.Error()
	}
	return ""
}

// activeGrants returns the grants that have not expired.
func activeGrants(grants []*catalog.Grant, now time.Time) []*catalog.Grant {
	return slices.DeleteFunc(grants, func(g *catalog.Grant) bool { return !g.Spec.Expires.Time().After(now) })
}

func withIDs[T any](objects []*T, split func(*T) (catalog.Name, map[string]any)) []any {
	list := make([]any, len(objects))
	for i, object := range objects {
		id, value := split(object)
		spec := value["spec"].(map[string]any)
		spec["id"] = string(id)
		list[i] = spec
	}
	return list
}

// person is a person in the input of rules, without name and addresses.
func person(roles *catalog.RolesSpec, id catalog.Name) any {
	if roles == nil {
		return nil
	}
	p, ok := roles.People[id]
	if !ok {
		return nil
	}
	certifications := make([]any, len(p.Certifications))
	for i, c := range p.Certifications {
		certifications[i] = map[string]any{"name": string(c.Name), "until": string(c.Until)}
	}
	about := map[string]any{
		"id": string(id), "bot": p.Bot, "left": p.Left, "certifications": certifications, "teams": teamsOf(roles, id),
		"since": string(p.Since), "buddy": string(p.Buddy),
	}
	if p.MFA != nil {
		about["mfa"] = *p.MFA
	}
	return about
}

func teamsOf(roles *catalog.RolesSpec, id catalog.Name) []any {
	var teams []string
	for name, t := range roles.Teams {
		if slices.Contains(t.Members, id) {
			teams = append(teams, string(name))
		}
	}
	slices.Sort(teams)
	return words(teams)
}

func team(roles *catalog.RolesSpec, id catalog.Name) any {
	if roles == nil {
		return nil
	}
	t, ok := roles.Teams[id]
	if !ok {
		return nil
	}
	members := make([]string, len(t.Members))
	for i, m := range t.Members {
		members[i] = string(m)
	}
	slices.Sort(members)
	return map[string]any{"id": string(id), "members": words(members)}
}

func crossFacts(f catalog.CrossFacts) map[string]any {
	return map[string]any{
		"sameName": words(f.SameName), "cycle": words(f.Cycle),
		"teamTotal": f.TeamTotal, "teamLimit": f.TeamLimit,
	}
}

// reach lists the environments that take apps of the app's stage.
func reach(settings *settings.Settings, app *catalog.App) map[string]any {
	stage := app.Spec.Lifecycle.Stage
	var names []string
	for _, env := range settings.Reach(stage) {
		names = append(names, string(env.Name))
	}
	return map[string]any{"environments": words(names), "production": settings.GoesToProduction(stage)}
}

func author(change *ChangeFacts) any {
	if change == nil {
		return nil
	}
	return map[string]any{"person": string(change.Author), "bot": change.Bot}
}

func words(list []string) []any {
	out := make([]any, len(list))
	for i, w := range list {
		out[i] = w
	}
	return out
}

// traits are what settings of rules tell apps apart by.
func (b Brief) traits() settings.Traits {
	blueprint, _, _ := strings.Cut(textAt(b.Input, "app", "spec", "blueprint"), "@")
	return settings.Traits{
		Team:           textAt(b.Input, "app", "spec", "owner", "team"),
		Stage:          textAt(b.Input, "app", "spec", "lifecycle", "stage"),
		Classification: textAt(b.Input, "app", "spec", "classification"),
		Blueprint:      blueprint,
	}
}

// textAt is the text at a path in the input of rules; empty for none.
func textAt(input map[string]any, path ...string) string {
	last := len(path) - 1
	text, _ := objectAt(input, path[:last]...)[path[last]].(string)
	return text
}

// objectAt is the object at a path in the input of rules; nil for none.
func objectAt(input map[string]any, path ...string) map[string]any {
	at := input
	for _, key := range path {
		at, _ = at[key].(map[string]any)
	}
	return at
}
