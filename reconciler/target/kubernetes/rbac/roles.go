package rbac

import (
	"maps"
	"slices"
	"strings"
)

// Roles are all that is needed. An error means that a kind cannot be given rights.
func (r Rights) Roles() ([]Role, error) {
	apps := Role{Name: "levee-apps-" + r.Inventory, Users: r.Users, About: "What is done with the resources of apps, in all namespaces, since each app has its own.\n" +
		"Applying creates and patches, by server-side apply; so does correcting drift.\nWhat apps no longer have is deleted. All of them are listed to observe them at once."}
	watch := Role{Name: "levee-watch-" + r.Inventory, Users: []string{r.Daemon}, About: "How the daemon sees at once that a resource of an app was changed, by its metadata alone."}
	verbs, seen := verbsOfApps, verbsOfWatch
	switch {
	case len(r.Users) == 0:
		apps.Users, verbs = []string{r.Daemon}, verbsOfBoth
	case r.Itself:
		apps.Users = append(slices.Clone(r.Users), r.Daemon)
		seen = "watch"
	}
	rules, err := r.ofApps()
	if err != nil {
		return nil, err
	}
	for _, rule := range rules {
		rule.Verbs = strings.Fields(verbs)
		apps.Rules = append(apps.Rules, rule)
		rule.Verbs, rule.Reason = strings.Fields(seen), "A change of it is drift, or tells how an app does."
		watch.Rules = append(watch.Rules, rule)
	}
	apps.Users = slices.Compact(slices.Sorted(slices.Values(apps.Users)))
	all := []Role{apps}
	if len(r.Users) > 0 {
		all = append(append(all, watch), r.impersonation()...)
	}
	all = append(all, Role{
		Name: "levee-inventories", Namespace: r.Inventory, Users: []string{r.Daemon},
		About: "What the daemon keeps of each app and environment.",
		Rules: []Rule{{
			Reason: "The inventory of an app says what was applied, and whether it is contained.", Resource: Resource{Name: "configmaps"},
			Verbs: strings.Fields("get list create update delete"),
		}},
	})
	if r.Lease != "" {
		all = append(all, r.leading())
	}
	return all, nil
}

// leading is what replicas need to agree on one that leads. RBAC knows no names of what is not there
// yet.
func (r Rights) leading() Role {
	leases := Resource{Group: "coordination.k8s.io", Name: "leases"}
	return Role{
		Name: "levee-lease", Namespace: r.Inventory, Users: []string{r.Daemon},
		About: "How replicas of the daemon agree on one that begins passes.",
		Rules: []Rule{
			{Reason: "The first replica makes the Lease.", Resource: leases, Verbs: []string{"create"}},
			{Reason: "The replica that leads renews it, and the others see when it ends.", Resource: leases, Verbs: []string{"get", "update"}, Names: []string{r.Lease}},
		},
	}
}

// ofApps are rules of what apps may have, without verbs.
func (r Rights) ofApps() (rules []Rule, err error) {
	add := func(to Resource, reason string) {
		if !slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Resource == to }) {
			rules = append(rules, Rule{Reason: reason, Resource: to})
		}
	}
	for _, kind := range slices.Concat(builtIn(), r.Kinds) {
		resource, err := ParseKind(kind)
		if err != nil {
			return nil, err
		}
		add(resource, reasonOf(kind))
	}
	for _, text := range r.Resources {
		resource, err := ParseResource(text)
		if err != nil {
			return nil, err
		}
		add(resource, reasonOf(""))
	}
	return rules, nil
}

// accounts begins the names of users that are service accounts.
const accounts = "system:serviceaccount:"

// account takes the name of a service account apart.
func account(user string) (namespace, name string, ok bool) {
	rest, ok := strings.CutPrefix(user, accounts)
	namespace, name, found := strings.Cut(rest, ":")
	return namespace, name, ok && found
}

// impersonation lets the daemon act as others. A service account is named in its namespace.
func (r Rights) impersonation() (all []Role) {
	names := map[string][]string{} // by namespace; "" for users that are no service accounts
	for _, user := range slices.Compact(slices.Sorted(slices.Values(r.Users))) {
		if namespace, name, ok := account(user); ok {
			names[namespace] = append(names[namespace], name)
			continue
		}
		names[""] = append(names[""], user)
	}
	for _, namespace := range slices.Sorted(maps.Keys(names)) {
		role := Role{
			Name: "levee-impersonate-" + r.Inventory, Namespace: namespace, Users: []string{r.Daemon},
			About: "As whom the daemon applies apps, and as nobody else.",
			Rules: []Rule{{Reason: "It acts as the users of impersonate in levee.yaml.", Resource: Resource{Name: "users"}, Verbs: []string{"impersonate"}, Names: names[namespace]}},
		}
		if namespace != "" {
			role.Rules[0].Resource.Name = "serviceaccounts"
		}
		all = append(all, role)
	}
	return all
}
