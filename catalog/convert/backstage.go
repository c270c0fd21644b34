package convert

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
)

// backstage is the table of one entity of Backstage, by its kind. Components become apps,
// groups teams and users people.
func backstage(kind string) []entry {
	head := []entry{
		{"api_version", implying("It says that the entity is one of Backstage.")},
		{"kind", implying("It says what the entity is.")},
		{"metadata.namespace", implyingIf([]string{"default"}, "All names of a catalog are in one namespace.", "All names of a catalog are in one namespace: see that no other app has this name.")},
		{"metadata.annotations", leaving("A catalog has no annotations; what everything that an app owns should carry goes under `metadata.labels`.")},
		{"metadata.tags", leaving("A catalog has no tags; what everything that an app owns should carry goes under `metadata.labels`.")},
		{"metadata.links", leaving("A catalog has no links; put them into `spec.description` or into a README beside the app.")},
	}
	switch strings.ToLower(kind) {
	case "component":
		return append([]entry{{"", beginComponent}}, append(head, component...)...)
	case "group":
		return append([]entry{{"", takeGroup}}, head...)
	case "user":
		return append([]entry{{"", takeUser}}, head...)
	}
	return []entry{{"", func(c *conversion, root field) {
		c.leave(root, fmt.Sprintf("A catalog has apps, teams and people; nothing in it is %s.", safetext.Code(kind)))
	}}}
}

var component = []entry{
	{"metadata.title", appField(asText, "title")},
	{"metadata.description", appField(asText, "description")},
	{"metadata.labels.*", func(c *conversion, f field) {
		if f.key != nil {
			takeLabel(f.key.Value)(c, f)
		}
	}},
	{"spec.type", takeComponentType},
	{"spec.lifecycle", appField(asStage, "stage", "lifecycle")},
	{"spec.owner", takeEntityOwner},
	{"spec.depends_on.*", takeDependency},
	{"spec.system", leaving("A catalog has no systems; a label under `metadata.labels` can name it.")},
	{"spec.subcomponent_of", leaving("A catalog has no parts of apps; name apps that must run first under `spec.dependsOn`.")},
	{"spec.provides_apis", leaving("A catalog has no list of APIs.")},
	{"spec.consumes_apis", leaving("A catalog has no list of APIs; data that the app reads goes under `spec.data`, vendors under `spec.integrations`.")},
}

func beginComponent(c *conversion, root field) {
	team := ""
	if kind, name := entity(root.child("spec").child("owner").text(), "group"); kind == "group" {
		team = name
	}
	c.begin(catalog.KindApp, root.child("metadata").child("name"), appPlace(c, team))
}

// entity takes a reference apart: [kind:][namespace/]name.
func entity(ref, kind string) (string, string) {
	if before, after, found := strings.Cut(ref, ":"); found {
		kind, ref = strings.ToLower(before), after
	}
	return kind, ref[strings.LastIndex(ref, "/")+1:]
}

// takeComponentType takes what a component is, where that says how it runs.
func takeComponentType(c *conversion, f field) {
	if value, _, _ := asType(f.text()); value == nil && f.text() != "" {
		c.leave(f, "It does not say how the app runs: write container, function, static, scheduled or external under `spec.runtime.type`.")
		return
	}
	appField(asType, "type", "runtime")(c, f)
}

// takeEntityOwner takes who owns a component: a team, or a person.
func takeEntityOwner(c *conversion, f field) {
	kind, name := entity(f.text(), "group")
	value, _, _ := asName(name)
	switch {
	case name == "":
		c.leave(f, "It is empty: write the owner under `spec.owner`.")
	case kind == "group":
		c.put(f, c.app.in("spec", "owner"), "team", value, entityRemark(f, value.Value))
	case kind == "user":
		c.put(f, c.app.in("spec", "owner"), "person", value, entityRemark(f, value.Value))
	default:
		c.leave(f, "An app is owned by a person and a team: write them under `spec.owner`.")
	}
}

func entityRemark(f field, name string) string {
	if f.text() == name {
		return ""
	}
	return fmt.Sprintf("%s is %s here.", safetext.Code(f.text()), safetext.Code(name))
}

// takeDependency takes another component that must run first.
func takeDependency(c *conversion, f field) {
	kind, name := entity(f.text(), "component")
	if kind != "component" || name == "" {
		c.leave(f, "An app depends on other apps: data goes under `spec.data`, vendors under `spec.integrations`.")
		return
	}
	value, _, _ := asName(name)
	c.add(f, c.app.in("spec"), "dependsOn", value, entityRemark(f, value.Value))
}

// takeGroup takes a team and its members.
func takeGroup(c *conversion, root field) {
	name, spec := root.child("metadata").child("name"), root.child("spec")
	if name.text() == "" {
		c.leave(root, "The group has no name, so there is no team to make of it.")
		return
	}
	id, remark, _ := asName(name.text())
	title := spec.child("profile").child("display_name")
	if title.text() == "" {
		title = root.child("metadata").child("title")
	}
	team := c.roles("teams", id.Value)
	if title.text() == "" {
		title = name
	}
	c.put(title, team, "title", str(title.node.Value), "")
	if title.node != name.node {
		c.took(name, team.d, remark, team.at)
	}
	for _, member := range spec.child("members").children() {
		_, person := entity(member.text(), "user")
		if value, remark, _ := asName(person); person != "" {
			c.add(member, team, "members", value, remark)
		}
	}
}

// takeUser takes a person, and the teams of theirs.
func takeUser(c *conversion, root field) {
	name, spec := root.child("metadata").child("name"), root.child("spec")
	if name.text() == "" {
		c.leave(root, "The user has no name, so there is no person to make of it.")
		return
	}
	id, remark, _ := asName(name.text())
	person := c.roles("people", id.Value)
	shown, email := spec.child("profile").child("display_name"), spec.child("profile").child("email")
	if shown.text() != "" {
		c.put(shown, person, "name", str(shown.node.Value), "")
	}
	if email.text() != "" {
		c.put(email, person, "email", str(email.text()), "")
		c.out.people[strings.ToLower(email.text())], c.out.ids[id.Value] = id.Value, true
	}
	c.took(name, person.d, remark, person.at)
	for _, group := range spec.child("member_of").children() {
		if _, team := entity(group.text(), "group"); team != "" {
			value, remark, _ := asName(team)
			c.add(group, c.roles("teams", value.Value), "members", str(id.Value), remark)
		}
	}
}
