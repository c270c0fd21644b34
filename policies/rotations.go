package policies

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/policies/rego"
)

const secretRotation = "secrets.rotation"

// rotations adds to what the rule secrets.rotation finds: at high risk, secrets are replaced
// as often as those of apps with confidential data, whatever the classification. Rules
// make the risk, and do not see it.
func (s *RuleSet) rotations(d *Decision, b Brief, waivers map[string]string) {
	class := textAt(b.Input, "app", "spec", "classification")
	if d.Risk.Level != High || class == "confidential" || class == "restricted" || textAt(b.Input, "app", "spec", "lifecycle", "stage") == "retired" {
		return
	}
	secrets, limits := listAt(objectAt(b.Input, "app", "spec"), "secrets"), s.Settings().Limits
	if len(secrets) == 0 {
		return
	}
	r, on := s.Rule(secretRotation, b.traits(), scalar.DateOf(b.Now, s.Zone()))
	if !on {
		return
	}
	for _, item := range secrets {
		secret, _ := item.(map[string]any)
		name, _ := secret["name"].(string)
		rotation, _ := secret["rotation"].(float64)
		every := catalog.Duration(rotation)
		if every <= limits.HighRotation || every > limits.Rotation { // the latter is found without the risk
			continue
		}
		d.addFinding(b, r, rego.Finding{Problems: []rego.FoundProblem{{
			Field:   "spec.secrets[" + name + "].rotation",
			Message: fmt.Sprintf("The secret `%s` is replaced every `%s`; in an app of high risk that must happen every `%s`.", name, every, limits.HighRotation),
			Remedy:  fmt.Sprintf("Write `%s` or less.", limits.HighRotation),
		}}}, waivers)
	}
}
