package catalog

import (
	"slices"
	"strings"
)

// Ref is something an app refers to: "vendor/acme-maps". The set of an app's
// refs is the index of what its verdict depends on: when an object changes,
// exactly the apps that refer to it are decided again.
type Ref string

func ref(kind, name string) Ref { return Ref(kind + "/" + name) }

// refsOf lists what a document refers to.
func refsOf(d *Document) []Ref {
	if w := Object[Waiver](d); w != nil {
		return []Ref{ref("waiver-for", string(w.Spec.App))}
	}
	if g := Object[Grant](d); g != nil {
		return []Ref{ref("grant-for", string(g.Spec.App)), ref("person", string(g.Spec.Person))}
	}
	if r := Object[Retirement](d); r != nil {
		var refs []Ref
		for _, app := range r.Spec.Apps {
			refs = append(refs, ref("retirement-for", string(app.App)))
		}
		return refs
	}
	if v := Object[Vendor](d); v != nil {
		refs := []Ref{ref("vendor-purpose", v.Spec.Purpose)}
		for _, domain := range v.Spec.Domains {
			refs = append(refs, ref("vendor-domain", string(domain)))
		}
		return refs
	}
	app := d.App()
	if isMisnamed(d) {
		return []Ref{misnamed}
	}
	if app == nil {
		return nil
	}
	s := &app.Spec
	refs := []Ref{
		ref("app", d.Name), // waivers and grants name it, and so may another file by mistake
		ref("blueprint", string(s.Blueprint)), ref("team", string(s.Owner.Team)), ref("person", string(s.Owner.Person)),
	}
	if s.Owner.Fallback != "" {
		refs = append(refs, ref("person", string(s.Owner.Fallback)))
	}
	if s.Quality != nil && s.Quality.Reviewer != "" {
		refs = append(refs, ref("person", string(s.Quality.Reviewer)))
	}
	for _, i := range s.Integrations {
		refs = append(refs, ref("vendor", string(i.Vendor)), ref("purpose", i.Purpose))
	}
	for _, use := range s.Data {
		refs = append(refs, ref("dataset", string(use.Dataset)))
	}
	for _, host := range s.Egress {
		for _, covering := range coverings(host) {
			refs = append(refs, ref("domain", string(covering)))
		}
	}
	for _, dep := range s.DependsOn {
		refs = append(refs, ref("dependency", string(dep)))
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// coverings lists the domains a vendor could list that would allow a host: the
// host itself and each "*." above it.
func coverings(host Domain) []Domain {
	list := []Domain{host}
	rest := strings.TrimPrefix(string(host), "*.")
	for {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok || !strings.Contains(parent, ".") {
			return list
		}
		if wild := Domain("*." + parent); wild != host {
			list = append(list, wild)
		}
		rest = parent
	}
}

// VendorOf returns the first vendor, by name, that lists a domain covering a
// host. ok is false where none does.
func (s *Snapshot) VendorOf(host Domain) (name string, ok bool) {
	for _, domain := range coverings(host) {
		for p := range s.Referrers(ref("vendor-domain", string(domain))) {
			return s.Document(p).Name, true
		}
	}
	return "", false
}

// VendorsFor lists the vendors approved for a purpose, by name.
func (s *Snapshot) VendorsFor(purpose string) []string {
	var names []string
	for p := range s.Referrers(ref("vendor-purpose", purpose)) {
		names = append(names, s.Document(p).Name)
	}
	return names
}

// WaiversOf lists the valid waivers for an app, by id, whatever their date.
func (s *Snapshot) WaiversOf(app string) []*Waiver {
	return objectsAt[Waiver](s, ref("waiver-for", app))
}

// GrantsOf lists the valid grants for an app, by id, whatever their date.
func (s *Snapshot) GrantsOf(app string) []*Grant { return objectsAt[Grant](s, ref("grant-for", app)) }

// Retires reports whether a retirement lists an app for an epoch: it may be taken
// down then, whatever the caps say.
func (s *Snapshot) Retires(app, epoch string) bool {
	for _, r := range objectsAt[Retirement](s, ref("retirement-for", app)) {
		if slices.Contains(r.Spec.Apps, Retired{Name(app), epoch}) {
			return true
		}
	}
	return false
}

func objectsAt[T any](s *Snapshot, r Ref) []*T {
	var list []*T
	for p := range s.Referrers(r) {
		if object := Object[T](s.Document(p)); object != nil {
			list = append(list, object)
		}
	}
	return list
}
