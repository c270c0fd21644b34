package catalog

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Changed lists the paths of the documents that differ between two snapshots,
// sorted; what only one of them has is included. An app counts as changed when
// its evidence did, a blueprint when any file of its folder did. The work is
// proportional to the difference where both come from commits.
func Changed(from, to *Snapshot) []string {
	owners := map[string]bool{}
	visit := func(p string) {
		if owner, ok := ownerOf(p); ok && (from.Document(owner) != nil || to.Document(owner) != nil) {
			owners[owner] = true
		}
		if from.Document(p) != nil || to.Document(p) != nil {
			owners[p] = true
		}
	}
	var walk func(before, now []Entry)
	walk = func(before, now []Entry) {
		for a, b := range merge(before, now) {
			if a.Mode == b.Mode && a.ID == b.ID && a.ID != "" {
				continue
			}
			if a.Mode != Folder || b.Mode != Folder {
				visit(a.Path + strings.TrimPrefix(b.Path, a.Path)) // whichever there is
			}
			var below, above []Entry
			if a.Mode == Folder {
				below = from.folders.entries(a.Path)
			}
			if b.Mode == Folder {
				above = to.folders.entries(b.Path)
			}
			walk(below, above)
		}
	}
	walk(from.folders.entries(""), to.folders.entries(""))
	return slices.Sorted(maps.Keys(owners))
}

// ownerOf is the manifest that a file beside it belongs to.
func ownerOf(p string) (string, bool) {
	parts := strings.Split(p, "/")
	switch {
	case parts[0] == "blueprints" && len(parts) > 3:
		return path.Join(path.Join(parts[:3]...), "blueprint.yaml"), true
	case parts[0] == "apps":
		if i := slices.Index(parts, "evidence"); i > 1 {
			return path.Join(path.Join(parts[:i]...), "app.yaml"), true
		}
	}
	return "", false
}

// Affected lists the paths of the apps whose verdict may differ between two
// snapshots, sorted: those that changed, and those that refer to what changed.
// all is true when settings, rules or the trusted root changed, which every app is judged by; the
// list then holds every app of both.
func Affected(from, to *Snapshot) (apps []string, all bool) {
	hit := map[string]bool{}
	add := func(s *Snapshot, r Ref) {
		for p := range s.Referrers(r) {
			hit[p] = true
		}
	}
	for _, p := range Changed(from, to) {
		kind, name, _ := Address(p)
		switch kind {
		case KindCatalog, KindPolicy, KindTrustedRoot:
			all = true
		case KindRoles:
			all = all || signersDiffer(from, to)
			for _, r := range rolesDifference(from.Roles(), to.Roles()) {
				add(from, r)
				add(to, r)
			}
		case KindBlueprint:
			add(from, ref("blueprint", name))
			add(to, ref("blueprint", name))
		case KindDataSet:
			add(from, ref("dataset", name))
			add(to, ref("dataset", name))
		case KindApp:
			hit[p] = true
			for _, s := range []*Snapshot{from, to} {
				add(s, ref("dependency", name))
				for q := range pathsOf(s.names, ref("app", name)) {
					hit[q] = true
				}
				for _, q := range cycleThrough(s, name) {
					hit[q] = true
				}
			}
		default:
			for _, s := range []*Snapshot{from, to} {
				for _, r := range pointersTo(s.Document(p)) {
					add(from, r)
					add(to, r)
				}
			}
		}
	}
	for _, team := range teamsOverOrUnder(from, to, hit) {
		add(to, ref("team", team))
	}
	if all {
		for _, s := range []*Snapshot{from, to} {
			for d := range s.Documents("apps/") {
				hit[d.Path] = true
			}
		}
	}
	for p := range hit {
		if kind, _, _ := Address(p); kind != KindApp {
			delete(hit, p)
		}
	}
	return slices.Sorted(maps.Keys(hit)), all
}

// pointersTo lists the refs by which apps reach a vendor, waiver, grant or retirement.
func pointersTo(d *Document) []Ref {
	if v := Object[Vendor](d); v != nil {
		refs := []Ref{ref("vendor", d.Name), ref("purpose", v.Spec.Purpose)}
		for _, domain := range v.Spec.Domains {
			refs = append(refs, ref("domain", string(domain)))
		}
		return refs
	}
	if w := Object[Waiver](d); w != nil {
		return []Ref{ref("app", string(w.Spec.App))}
	}
	if r := Object[Retirement](d); r != nil {
		var refs []Ref
		for _, app := range r.Spec.Apps {
			refs = append(refs, ref("app", string(app.App)))
		}
		return refs
	}
	if g := Object[Grant](d); g != nil {
		return []Ref{ref("app", string(g.Spec.App))}
	}
	return nil
}

// rolesDifference lists the people and teams that differ between two roles.
// Who holds a role is no matter of a rule: approvals are counted after them.
func rolesDifference(from, to *RolesSpec) []Ref {
	empty := &RolesSpec{}
	if from == nil {
		from = empty
	}
	if to == nil {
		to = empty
	}
	var refs []Ref
	for _, pair := range [][2]*RolesSpec{{from, to}, {to, from}} {
		for name, person := range pair[0].People {
			if other, ok := pair[1].People[name]; !ok || !equal(&person, &other) {
				refs = append(refs, ref("person", string(name)))
			}
		}
		for name, team := range pair[0].Teams {
			if other, ok := pair[1].Teams[name]; !ok || !equal(&team, &other) {
				refs = append(refs, ref("team", string(name)))
			}
		}
	}
	return refs
}

// signersDiffer reports whether people differ whose keys sign evidence by the settings of
// either snapshot. Which apps they signed for is not indexed.
func signersDiffer(from, to *Snapshot) bool {
	person := func(s *Snapshot, name Name) Person {
		if roles := s.Roles(); roles != nil {
			return roles.People[name]
		}
		return Person{}
	}
	for _, s := range []*Snapshot{from, to} {
		settings := s.Settings()
		if settings == nil {
			continue
		}
		for _, signer := range settings.Evidence.Signers {
			was, is := person(from, signer.Person), person(to, signer.Person)
			if !equal(&was, &is) {
				return true
			}
		}
	}
	return false
}

func equal[T any](a, b *T) bool { return hashObject(a) == hashObject(b) }
