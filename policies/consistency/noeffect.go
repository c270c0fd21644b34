package consistency

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies/bundle"
)

// addNoEffect adds a problem of the rule NoEffect.
func (c *check) addNoEffect(d *catalog.Document, field, message, remedy string) {
	c.add(d, catalog.Warn, field, message, remedy)
	c.problems[len(c.problems)-1].Rule = NoEffect
}

// meant is the remedy for a name that does not exist: the known name most similar to it, or
// else another text.
func meant(name string, known []string, otherwise string) string {
	if near := guess.Closest(name, known); near != "" && near != name {
		return "Did you mean `" + near + "`?"
	}
	return otherwise
}

func names[K ~string, V any](of map[K]V) []string {
	list := make([]string, 0, len(of))
	for name := range of {
		list = append(list, string(name))
	}
	slices.Sort(list)
	return list
}

// noEffect reports settings that nothing in the catalog can match.
func (c *check) noEffect(settings *settings.Settings) {
	d := c.s.Document("catalog.yaml")
	for _, class := range slices.Sorted(maps.Keys(settings.Regions)) {
		if !slices.Contains(catalog.Classifications, class) {
			c.addNoEffect(d, entry("spec.regions", class), fmt.Sprintf("Regions are set for `%s`, which is no classification, so they bind nobody.", class),
				meant(class, catalog.Classifications, "Use one of "+strings.Join(catalog.Classifications, ", ")+"."))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(settings.Governance)) {
		c.governs(d, key, settings.Governance[key])
	}
	for _, registry := range settings.Limits.Registries {
		if strings.Contains(registry, "://") || strings.ContainsAny(registry, " *?@") || registry != strings.ToLower(registry) {
			c.addNoEffect(d, "spec.limits.registries["+registry+"]", fmt.Sprintf("No image can come from `%s`: names of images begin with a host name, in lower case and without https://.", registry),
				"Write the host name and, where only a part of it is meant, the path after it, such as `registry.example.com/apps`.")
		}
	}
	c.rolesUsed(settings)
	c.blueprints()
	for d := range c.s.Documents("grants/") {
		if g := catalog.Object[catalog.Grant](d); g != nil {
			c.appExists(d, "spec.app", "The grant is for", g.Spec.App)
			if roles := c.s.Roles(); roles != nil {
				if _, ok := roles.People[g.Spec.Person]; !ok {
					c.addNoEffect(d, "spec.person", fmt.Sprintf("The grant is for `%s`, who is not listed in roles.yaml.", g.Spec.Person), meant(string(g.Spec.Person), names(roles.People), "Add the person there, or correct the name."))
				}
			}
		}
	}
}

// entry is the field of an entry of a map whose key may be any text.
func entry(field, key string) string { return fmt.Sprintf("%s[%q]", field, key) }

// scope checks that settings of a rule for some apps can match an app.
func (c *check) scope(d *catalog.Document, field string, scope settings.ScopedRule) {
	if scope.Everything() {
		c.addNoEffect(d, field, "It names no team, stage, classification or blueprint, so it holds for no app.", "Name the apps it is for; what is for all stands beside `where`.")
	}
	for _, team := range scope.Teams {
		c.teamExists(d, field+".teams["+string(team)+"]", team)
	}
	var blueprints []string
	for b := range c.s.Documents("blueprints/") {
		name, _, _ := strings.Cut(b.Name, "@")
		blueprints = append(blueprints, name)
	}
	for _, name := range scope.Blueprints {
		if !slices.Contains(blueprints, string(name)) {
			c.addNoEffect(d, field+".blueprints["+string(name)+"]", fmt.Sprintf("There is no blueprint `%s`, so this holds for no app.", name), meant(string(name), blueprints, "Write the name of a blueprint without its version."))
		}
	}
}

// governs checks that an entry of settings.governance covers a file and names a role.
func (c *check) governs(d *catalog.Document, key string, roles []catalog.Approver) {
	field := entry("spec.governance", key)
	if len(roles) == 0 {
		c.addNoEffect(d, field, fmt.Sprintf("The entry `%s` names no role, so it counts as left out.", key), "Name who approves, or remove the entry.")
	}
	known := []string{"catalog.yaml", "roles.yaml", "blueprints", "vendors", "data", "waivers", "grants", "retirements", "policies", "default"}
	if slices.Contains(known, key) {
		return
	}
	for p := range c.s.GovernanceObjects() {
		top, _, _ := strings.Cut(p, "/")
		if p == key || top == key {
			return
		}
		known = append(known, p, top)
	}
	slices.Sort(known)
	bare := strings.TrimRight(strings.TrimPrefix(strings.TrimLeft(key, "./"), "**/"), "/*")
	message := fmt.Sprintf("There is nothing outside the apps that `%s` stands for, so it asks nobody.", key)
	switch near := guess.Closest(key, slices.Compact(known)); {
	case key == "apps" || strings.HasPrefix(key, "apps/"):
		c.addNoEffect(d, field, fmt.Sprintf("Who approves apps does not follow from the entry `%s`: an app's risk does.", key), "Set `gates` instead.")
	case slices.Contains(known, bare):
		c.addNoEffect(d, field, message, "Did you mean `"+bare+"`?")
	case strings.Contains(bare, "/"):
		c.addNoEffect(d, field, message, "Write the file's whole path, or the first part of the path for all below it.")
	case near != "":
		c.addNoEffect(d, field, message, "Did you mean `"+near+"`?")
	default:
		c.addNoEffect(d, field, message, "Write the first part of a path, such as `policies`, or remove the entry.")
	}
}

// misspellable lists the roles that a role could be a misspelling of; none for a role of
// the library.
func misspellable(role string, roles *catalog.RolesSpec) []string {
	if slices.Contains(bundle.Roles, role) {
		return nil
	}
	return names(roles.Roles)
}

// rolesUsed reports roles whose approval is never required and whose name resembles a role
// that is required and that nobody holds.
func (c *check) rolesUsed(settings *settings.Settings) {
	roles := c.s.Roles()
	if roles == nil {
		return
	}
	asked := slices.Clone(bundle.Roles)
	for role := range settings.Asked() {
		asked = append(asked, string(role))
	}
	slices.Sort(asked)
	for _, role := range names(roles.Roles) {
		switch near := guess.Closest(role, asked); {
		case slices.Contains(asked, role) || near == "":
		case len(roles.Roles[catalog.Name(near)]) == 0:
			c.addNoEffect(c.s.Document("roles.yaml"), "spec.roles."+role, fmt.Sprintf("Nobody is ever asked as `%s`, and nobody holds the role `%s`.", role, near), "Did you mean `"+near+"`?")
		}
	}
}

// blueprints checks that the owners and vendors of blueprints exist.
func (c *check) blueprints() {
	var vendors []string
	for d := range c.s.Documents("vendors/") {
		if d.Kind == catalog.KindVendor {
			vendors = append(vendors, d.Name)
		}
	}
	for d := range c.s.Documents("blueprints/") {
		b := catalog.Object[catalog.Blueprint](d)
		if b == nil {
			continue
		}
		if roles := c.s.Roles(); roles != nil {
			if _, ok := roles.Teams[b.Spec.Owner]; !ok && len(roles.Roles[b.Spec.Owner]) == 0 {
				c.addNoEffect(d, "spec.owner", fmt.Sprintf("The blueprint belongs to `%s`, and there is no such team.", b.Spec.Owner), meant(string(b.Spec.Owner), names(roles.Teams), "Add the team to roles.yaml, or name another."))
			}
		}
		for _, vendor := range b.Spec.Vendors {
			if !slices.Contains(vendors, string(vendor)) {
				c.addNoEffect(d, "spec.vendors["+string(vendor)+"]", fmt.Sprintf("The blueprint approves the vendor `%s`, and there is none of that name.", vendor), meant(string(vendor), vendors, "Add the file `vendors/"+string(vendor)+".yaml`, or take the name out."))
			}
		}
	}
}

func (c *check) appExists(d *catalog.Document, field, says string, app catalog.Name) {
	if c.s.AppNamed(app) != nil {
		return
	}
	var apps []string
	for d := range c.s.Documents("apps/") {
		if d.Kind == catalog.KindApp {
			apps = append(apps, d.Name)
		}
	}
	slices.Sort(apps)
	c.addNoEffect(d, field, fmt.Sprintf("%s `%s`, and there is no such app.", says, app), meant(string(app), apps, "Correct the name, or remove the file."))
}

// waiverEnds checks the last day of a waiver: it must not be over, nor later than
// settings.limits.waiver allows.
func (c *check) waiverEnds(d *catalog.Document, w *catalog.Waiver) {
	settings := c.s.Settings()
	if settings == nil {
		return
	}
	zone := settings.Location()
	today := scalar.DateOf(c.now, zone)
	days := int(settings.Limits.Waiver / scalar.Days(1))
	last := today.AddDays(days)
	switch {
	case w.Spec.Expires < today:
		c.addNoEffect(d, "spec.expires", fmt.Sprintf("The waiver ended on `%s`, so it does nothing.", w.Spec.Expires), fmt.Sprintf("Remove the file; or, where the app still needs it, write a day from `%s` to `%s`.", today, last))
	case w.Spec.Expires > last:
		c.addNoEffect(d, "spec.expires", fmt.Sprintf("The waiver holds until `%s`; from today the most is %d days.", w.Spec.Expires, days), fmt.Sprintf("Write `%s` or an earlier day.", last))
	}
}

// unread reports files that look like governance and lie where nothing reads them.
func (c *check) unread() {
	said := map[string]bool{}
	for _, p := range slices.Sorted(maps.Keys(c.s.GovernanceObjects())) {
		top, rest, below := strings.Cut(p, "/")
		if _, _, object := catalog.Address(p); object {
			continue
		}
		ext := strings.ToLower(path.Ext(p))
		meantTop := catalog.MeantFolder(top)
		var message, remedy string
		switch {
		case ext == ".rego" && top == "policies": // it has a problem of its own
		case ext == ".rego" && !strings.HasPrefix(p, "blueprints/") && (!below || meantTop == "policies"):
			message, remedy = fmt.Sprintf("The rule in `%s` is not in force: rules are read from the folder `policies` alone.", p), fmt.Sprintf("Move it to `policies/%s`.", path.Base(p))
		case below && meantTop != "" && meantTop != "policies" && (ext == ".yaml" || ext == ".yml"):
			message, remedy = fmt.Sprintf("Nothing is read from the folder `%s`.", top), fmt.Sprintf("Move `%s` to `%s/%s`.", p, meantTop, rest)
		case !below && nearRoot(top) != "":
			message, remedy = fmt.Sprintf("The file is called `%s`, so nothing reads it.", top), fmt.Sprintf("Name it `%s`.", nearRoot(top))
		}
		if message == "" || said[top] && below {
			continue
		}
		said[top] = true
		c.problems = append(c.problems, catalog.Problem{Rule: NoEffect, Level: catalog.Warn, Message: message, Remedy: remedy, Path: p, Controls: []string{}})
	}
}

// nearRoot is the name of the file at the root that a name resembles; empty for none.
func nearRoot(name string) string {
	lower := strings.ToLower(name)
	for _, ext := range []string{".txt", ".yml", ".yaml"} {
		lower = strings.TrimSuffix(lower, ext)
	}
	switch lower {
	case "catalog", "catalogue", "settings":
		return "catalog.yaml"
	case "role", "roles":
		return "roles.yaml"
	}
	return ""
}
