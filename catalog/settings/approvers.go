package settings

import (
	"cmp"
	"maps"
	"slices"

	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/schema"
)

// Approvers is whose approval rules ask for. Each entry of a list must approve; one
// such as "dpo or legal" asks for one of its roles. An empty list asks nobody. The defaults
// are the roles that the playbooks on governing small apps name.
type Approvers struct {
	Scopes      []scalar.Approver `json:"scopes" levee:"set,max=8,default=security" doc:"For a scope that neither limits.scopes nor the blueprint has."`
	Elevated    []scalar.Approver `json:"elevated" levee:"set,max=8,default=security|app-steering-committee" doc:"For such a scope that limits.elevated names: one that changes data or reaches outside."`
	Egress      []scalar.Approver `json:"egress" levee:"set,max=8,default=security" doc:"For a vendor that the blueprint does not approve beforehand."`
	SecretPaths []scalar.Approver `json:"secretPaths" levee:"set,max=8,default=security" doc:"For a secret in a place that limits.secretPaths gives to nobody."`
	Raised      []scalar.Approver `json:"raised" levee:"set,max=8,default=security|dpo" doc:"For a classification that rises."`
	Categories  CategoryApprovers `json:"categories" doc:"For a category of data that is handled by an app below confidential."`
	Standards   StandardApprovers `json:"standards" doc:"For an app in the scope of a standard."`
	Budget      []scalar.Approver `json:"budget" levee:"set,max=8,default=cost-team" doc:"For a budget above limits.monthly."`
	Owner       []scalar.Approver `json:"owner" levee:"set,max=8,default=product-owner" doc:"For an app that passes to another owner or team."`
	Team        []scalar.Approver `json:"team" levee:"set,max=8,default=platform" doc:"The same, in addition, for another team."`
	Return      []scalar.Approver `json:"return" levee:"set,max=8,default=platform" doc:"For an app that comes back from retirement."`
	Bots        []scalar.Approver `json:"bots" levee:"set,max=8,default=product-owner" doc:"For a change by a bot to an app in production."`
}

// CategoryApprovers is who approves that an app below confidential handles a category.
type CategoryApprovers struct {
	PII         []scalar.Approver `json:"pii" levee:"set,max=8,default=dpo" doc:"Data about people."`
	Financial   []scalar.Approver `json:"financial" levee:"set,max=8,default=security" doc:"Data about money."`
	Health      []scalar.Approver `json:"health" levee:"set,max=8" doc:"Data about health."`
	Credentials []scalar.Approver `json:"credentials" levee:"set,max=8" doc:"Passwords and keys."`
	Employee    []scalar.Approver `json:"employee" levee:"set,max=8" doc:"Data about colleagues."`
	Customer    []scalar.Approver `json:"customer" levee:"set,max=8" doc:"Data about customers."`
}

// StandardApprovers is who approves an app in the scope of a standard.
type StandardApprovers struct {
	SOC2     []scalar.Approver `json:"soc2" levee:"set,max=8,default=security" doc:"SOC 2."`
	ISO27001 []scalar.Approver `json:"iso27001" levee:"set,max=8,default=security" doc:"ISO 27001."`
	GDPR     []scalar.Approver `json:"gdpr" levee:"set,max=8,default=dpo" doc:"GDPR."`
	HIPAA    []scalar.Approver `json:"hipaa" levee:"set,max=8,default=dpo" doc:"HIPAA."`
	PCI      []scalar.Approver `json:"pci" levee:"set,max=8,default=security" doc:"PCI DSS."`
}

// Asked lists the roles whose approval gates, governance and the file's own approvers ask
// for, each with the setting that does, such as spec.gates.high. An approver of several
// roles counts for each of them.
func (s *Settings) Asked() map[scalar.Name]string {
	asked := map[scalar.Name]string{}
	add := func(field string, approvers ...scalar.Approver) {
		for _, a := range approvers {
			for _, role := range a.Roles() {
				asked[scalar.Name(role)] = cmp.Or(asked[scalar.Name(role)], field)
			}
		}
	}
	for _, level := range []string{"low", "medium", "high"} {
		add("spec.gates."+level, s.Gate(level).Approvals...)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Governance)) {
		add("spec.governance."+key, s.Governance[key]...)
	}
	if len(s.Governance["default"]) == 0 {
		add("spec.governance", s.GovernanceOwners("")...)
	}
	var walk func(field string, value any)
	walk = func(field string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(field+"."+key, v[key])
			}
		case []any:
			for _, item := range v {
				walk(field, item)
			}
		case string:
			add(field, scalar.Approver(v))
		}
	}
	walk("spec.approvers", schema.Material(&s.Approvers))
	return asked
}
