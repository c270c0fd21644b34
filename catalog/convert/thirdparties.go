package convert

import (
	"path"
	"strings"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// thirdParties is the table of lists of the services that apps may call: each becomes a
// vendor, called by its domain.
var thirdParties = []entry{{"allowed_third_parties.*", takeVendor}}

// vendorFields are the fields of a service that become one of a vendor, in order.
var vendorFields = []struct {
	names []string
	to    string
	how   reading
}{
	{[]string{"name", "title", "vendor"}, "title", asText},
	{[]string{"purpose", "reason"}, "purpose", asText},
	{[]string{"dpa", "terms"}, "dpa", asText},
	{[]string{"encryption", "encrypted"}, "encryption", asAmount},
	{[]string{"review", "review_date"}, "review", asDay},
}

func takeVendor(c *conversion, f field) {
	hosts := f.child("domain", "domains", "host", "url").words()
	if f.text() != "" {
		hosts = []field{f}
	}
	var spec group
	for _, host := range hosts {
		domain, remark := c.read(host, asDomain)
		if domain == nil {
			continue
		}
		if err := new(scalar.Domain).Parse(domain.Value); err != nil {
			c.leave(host, safetext.Code(host.text())+" is no host name, so there is no vendor to make of it; write "+err.Error()+".")
			continue
		}
		name := guess.Name(strings.TrimPrefix(domain.Value, "*."), func(string) bool { return true })
		if spec.at == nil {
			vendor := c.out.draft(path.Join("vendors", name+".yaml"), c.file)
			spec = vendor.in("spec")
			c.add(host, spec, "domains", domain, remark)
			c.also(host, vendor.in("metadata"), "name", str(name))
			takeTerms(c, f, spec)
			c.also(host, spec, "title", str(domain.Value))
			continue
		}
		c.add(host, spec, "domains", domain, remark)
	}
}

// takeTerms takes what is said of a service beside where it is reached.
func takeTerms(c *conversion, f field, spec group) {
	for _, move := range vendorFields {
		if from := f.child(move.names...); from.node != nil {
			to := spec
			if move.to == "dpa" || move.to == "encryption" {
				to = spec.in("terms")
			}
			if value, remark := c.read(from, move.how); value != nil {
				c.put(from, to, move.to, value, remark)
			}
		}
	}
	for _, scope := range f.child("scopes").words() {
		if value, remark := c.read(scope, asText); value != nil {
			c.add(scope, spec, "scopes", value, remark)
		}
	}
	for _, region := range f.child("regions", "region", "residency").words() {
		if value, remark := c.read(region, asName); value != nil {
			c.add(region, spec, "regions", value, remark)
		}
	}
	if class := f.child("classification", "ceiling"); class.node != nil {
		takeClassAs(c, class, spec, "ceiling")
	}
	by := f.child("approved_by", "approver")
	switch {
	case by.node == nil:
	case by.text() == "":
		c.leave(by, "It is empty: write who approved the vendor under `spec.approver`.")
	default:
		name, address := by, field{}
		if strings.Contains(by.text(), "@") {
			name, address = field{}, by
		}
		id := personOf(c, name, address)
		c.put(by, spec, "approver", str(id), "Whoever approved it is named by an id of roles.yaml: "+id+".")
		takePersonKnown(c, id, name, address)
	}
}
