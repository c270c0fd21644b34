package advice

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// vendors are the approved third parties.
type vendors struct{ governing *catalog.Snapshot }

// names lists the vendors that can be read.
func (v vendors) names() []string {
	var list []string
	for d := range v.governing.Documents("vendors/") {
		if catalog.Object[catalog.Vendor](d) != nil {
			list = append(list, d.Name)
		}
	}
	return list
}

// meant is the vendor with a title, or with a similar name; empty for none.
func (v vendors) meant(word string) string {
	for d := range v.governing.Documents("vendors/") {
		if known := catalog.Object[catalog.Vendor](d); known != nil && strings.EqualFold(known.Spec.Title, word) {
			return d.Name
		}
	}
	return closest(word, v.names())
}

// domainMeant is the domain of a vendor that a host name contains or resembles; empty for
// none.
func (v vendors) domainMeant(host string) string {
	var known []string
	for d := range v.governing.Documents("vendors/") {
		if one := catalog.Object[catalog.Vendor](d); one != nil {
			for _, domain := range one.Spec.Domains {
				if bare := strings.TrimPrefix(string(domain), "*."); strings.Contains(host, bare) && !strings.HasPrefix(string(domain), "*.") {
					return bare
				}
				known = append(known, string(domain))
			}
		}
	}
	return closest(host, known)
}

// unread is the path of an invalid file of a vendor that contains a host name; empty
// for none.
func (v vendors) unread(host catalog.Domain) string {
	for d := range v.governing.Documents("vendors/") {
		if !d.Valid() && strings.Contains(string(d.Source()), string(host)) {
			return d.Path
		}
	}
	return ""
}

// instead finds alternatives for the vendors of an app and what it takes from them.
func (v vendors) instead(in instead, app *catalog.App) {
	class := app.Spec.Classification
	for _, i := range app.Spec.Integrations {
		name := string(i.Vendor)
		known := v.governing.Vendor(i.Vendor)
		if known == nil {
			others := v.governing.VendorsFor(i.Purpose)
			in.add("vendor", name, v.meant(name), unreadable(v.governing.Document("vendors/"+name+".yaml")), others)
			continue
		}
		if rank(class) > rank(known.Ceiling) {
			in.add("vendor", name, "", "", slices.DeleteFunc(v.names(), func(other string) bool {
				return rank(v.governing.Vendor(catalog.Name(other)).Ceiling) < rank(class)
			}))
		}
		for _, scope := range i.Scopes {
			if !slices.Contains(known.Scopes, scope) {
				in.add("vendorScope", scope, closest(scope, slices.Clone(known.Scopes)), "", nil)
			}
		}
	}
	for _, host := range app.Spec.Egress {
		if _, ok := v.governing.VendorOf(host); !ok {
			in.add("domain", string(host), v.domainMeant(string(host)), v.unread(host), nil)
		}
	}
}
