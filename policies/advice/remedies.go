package advice

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// position matches the index of an item of a list in a field.
var position = regexp.MustCompile(`\[[0-9]+\]`)

// Advise returns the problems of an invalid file with values that exist in this catalog in
// their remedies, in place of the schema's examples.
func (a Advisor) Advise(d *catalog.Document, problems []catalog.Problem) []catalog.Problem {
	if len(problems) == 0 {
		return problems
	}
	problems = slices.Clone(problems)
	for i := range problems {
		p := &problems[i]
		required := p.Rule == "schema.required"
		if !required && p.Rule != "schema.value" && p.Rule != "schema.type" {
			continue
		}
		said := d.Word(p.Field)
		meant, good := a.suggest(d, p.Field, said)
		name := p.Field[strings.LastIndexAny(p.Field, ".]")+1:]
		switch {
		case meant == "" && good == "" || said == "" && p.Rule == "schema.type":
		case required || said == "" && p.Rule == "schema.value":
			p.Remedy = "Write `" + name + ": " + cmp.Or(good, meant) + "`." + alternatives(p.Remedy, cmp.Or(good, meant))
		case meant != "":
			p.Remedy = "Did you mean `" + meant + "`?"
		case strings.HasPrefix(p.Remedy, "Write one of "):
			p.Remedy = "Write one of " + quotedList(append([]string{good}, without(spansOf(p.Remedy), good)...)) + "."
		case !strings.HasPrefix(p.Remedy, "Did you mean"):
			p.Remedy = "Write `" + good + "`."
		}
	}
	return problems
}

// alternatives is the sentence of a remedy that lists other values, without the value that
// the remedy now names.
func alternatives(remedy, good string) string {
	example, _, ok := strings.Cut(remedy, "It may also be")
	if !ok {
		return ""
	}
	var list []string
	for i, word := range spansOf(remedy) {
		if i == 0 {
			_, word, _ = strings.Cut(strings.Trim(example, " ."), ": ")
			word = strings.Trim(word, "`")
		}
		if word != good {
			list = append(list, word)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " It may also be " + quotedList(list) + "."
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// spansOf lists the contents of the code spans in a text.
func spansOf(text string) []string {
	var list []string
	for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

func quotedList(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }

// suggest returns values for a field of a file: the existing one that said resembles, and one
// that would be valid. Either is empty where there is none.
func (a Advisor) suggest(d *catalog.Document, field, said string) (meant, good string) {
	field = position.ReplaceAllString(field, "[]")
	switch d.Kind {
	case catalog.KindApp:
		return a.suggestForApp(d, field, said)
	case catalog.KindVendor:
		if field == "spec.approver" {
			return a.staff.personMeant(said), first(a.staff.holdersOf("security", "platform"))
		}
	case catalog.KindDataSet:
		return a.suggestForData(field, said)
	case catalog.KindBlueprint:
		switch field {
		case "spec.owner":
			return closest(said, a.staff.teams()), first(a.staff.teams())
		case "spec.ceiling":
			return "", a.apps.ceilingOf(d)
		}
	case catalog.KindWaiver:
		switch field {
		case "spec.app":
			return closest(said, a.apps.names("")), first(a.apps.names(""))
		case "spec.expires":
			return "", string(a.today.AddDays(30))
		}
	case catalog.KindGrant:
		switch field {
		case "spec.app":
			return closest(said, a.apps.names("")), first(a.apps.names(""))
		case "spec.person":
			return a.staff.personMeant(said), first(a.staff.canOwn(""))
		}
	}
	return "", ""
}

func (a Advisor) suggestForData(field, said string) (meant, good string) {
	switch field {
	case "spec.owner":
		if team, people := first(a.staff.teams()), a.staff.canOwn(""); len(people) > 0 {
			return "", "{person: " + people[0] + ", team: " + first(append(a.staff.teamsOf(catalog.Name(people[0])), team)) + "}"
		}
	case "spec.owner.person", "spec.owner.fallback":
		return a.staff.personMeant(said), first(a.staff.canOwn(""))
	case "spec.owner.team", "spec.approvedScopes[].teams[]":
		return closest(said, a.staff.teams()), first(a.staff.teams())
	case "spec.standIn":
		sandboxes := a.dataSets.names(sandbox)
		return closest(said, slices.Clone(sandboxes)), first(sandboxes)
	}
	return "", ""
}

func (a Advisor) suggestForApp(d *catalog.Document, field, said string) (meant, good string) {
	app := d.Draft()
	spec := catalog.AppSpec{}
	if app != nil {
		spec = app.Spec
	}
	team := spec.Owner.Team
	if _, ok := a.staff.roles.Teams[team]; !ok {
		team = a.staff.homeTeam(d.Path)
	}
	switch field {
	case "metadata":
		return "", "{name: " + d.Name + "}"
	case "metadata.name":
		return "", d.Name
	case "spec.owner":
		people := a.staff.canOwn(team)
		switch len(people) {
		case 0:
			return "", ""
		case 1:
			return "", "{person: " + people[0] + ", team: " + string(team) + "}"
		}
		return "", "{person: " + people[0] + ", team: " + string(team) + ", fallback: " + people[1] + "}"
	case "spec.owner.person":
		return a.staff.personMeant(said), first(without(a.staff.canOwn(team), string(spec.Owner.Fallback)))
	case "spec.owner.fallback":
		return a.staff.personMeant(said), first(without(a.staff.canOwn(team), string(spec.Owner.Person)))
	case "spec.owner.team":
		return closest(said, a.staff.teams()), first(a.staff.teamsFor(spec.Owner.Person))
	case "spec.blueprint":
		fit, all := a.blueprints.fitting(app)
		return closest(said, all), first(append(fit, all...))
	case "spec.classification":
		if said == "" {
			return "", classFor(app)
		}
	case "spec.runtime":
		return "", "{type: " + a.blueprints.typeFor(app) + "}"
	case "spec.runtime.type":
		if said == "" || closest(said, []string{"container", "function", "static", "scheduled", "external"}) == "" {
			return "", a.blueprints.typeFor(app)
		}
	case "spec.lifecycle":
		return "", "{stage: " + stageFor(app) + ", created: " + string(a.today) + "}"
	case "spec.lifecycle.stage":
		if said == "" || closest(said, []string{"prototype", "approved", "production", "retired"}) == "" {
			return "", stageFor(app)
		}
	case "spec.lifecycle.created", "spec.lifecycle.renewed", "spec.assessment.date":
		return "", string(a.today)
	case "spec.lifecycle.ttl":
		return "", a.ttlFor(app)
	case "spec.integrations[].vendor":
		return a.vendors.meant(said), first(a.vendors.names())
	case "spec.egress[]":
		return a.vendors.domainMeant(said), ""
	case "spec.data[].dataset":
		return closest(said, a.dataSets.names(anyData)), ""
	case "spec.dependsOn[]":
		return closest(said, a.apps.names(d.Name)), first(a.apps.names(d.Name))
	case "spec.models[].name":
		return closest(said, texts(a.settings.Limits.Models)), first(texts(a.settings.Limits.Models))
	case "spec.secrets[].store":
		return "", first(a.settings.Limits.Stores)
	case "spec.secrets[].path":
		return "", a.secretPath(app, "")
	}
	return "", ""
}
