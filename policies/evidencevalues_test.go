package policies

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/policies/rego"
)

// TestEvidenceValues checks that the values that rules see have the fields that the schema
// of their input says, since the compiler holds rules against that schema alone.
func TestEvidenceValues(t *testing.T) {
	late := time.Date(2026, 3, 9, 23, 30, 0, 0, time.UTC)
	values := evidenceValues([]catalog.Evidence{{Item: evidence.Item{Summary: evidence.Summary{
		Name: "sbom.cdx.json", Made: late, About: []string{"a"}, Signers: []string{"ci"}, Open: map[string]int{"high": 1},
		Licences: []evidence.Licence{{Expression: "MIT OR ISC", Parts: 1}}, Vulnerabilities: []evidence.Vulnerability{{ID: "x"}},
	}}}}, time.FixedZone("", 3600))
	sub := func(schema map[string]any, name string) map[string]any {
		return schema["properties"].(map[string]any)[name].(map[string]any)
	}
	list := sub(sub(rego.InputSchema(), "refs"), "evidence")
	checkFields(t, "evidence", list, values)
	if made := values[0].(map[string]any)["made"]; made != "2026-03-10" {
		t.Errorf("made on %v, in the zone where the next day has begun", made)
	}
}

// checkFields holds a value and all within it against a schema.
func checkFields(t *testing.T, at string, schema map[string]any, value any) {
	t.Helper()
	properties, _ := schema["properties"].(map[string]any)
	switch v := value.(type) {
	case []any:
		if schema["type"] != "array" || len(v) == 0 {
			t.Errorf("%s: %v against %v", at, v, schema["type"])
			return
		}
		for _, item := range v {
			checkFields(t, at+"[]", schema["items"].(map[string]any), item)
		}
	case map[string]any:
		if properties == nil { // a dictionary
			for key, item := range v {
				checkFields(t, at+"."+key, schema["additionalProperties"].(map[string]any), item)
			}
			return
		}
		if got, want := slices.Sorted(maps.Keys(v)), slices.Sorted(maps.Keys(properties)); !slices.Equal(got, want) {
			t.Errorf("%s has %v, the schema %v", at, got, want)
		}
		for key, item := range v {
			if of, ok := properties[key].(map[string]any); ok {
				checkFields(t, at+"."+key, of, item)
			}
		}
	default:
		types := map[string]bool{"string": false, "number": false, "boolean": false}
		switch value.(type) {
		case string:
			types["string"] = true
		case float64:
			types["number"] = true
		case bool:
			types["boolean"] = true
		}
		if of, _ := schema["type"].(string); !types[of] {
			t.Errorf("%s is a %T, the schema says %s", at, value, of)
		}
	}
}
