package ownership

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog"
)

// Manager is whose fields those are that Levee applies; Cutter is who takes what runs away
// while an app is contained or throttled.
const (
	Manager = "levee"
	Cutter  = "levee-containment"
)

// Digest is that of the fields of a live resource that Levee owns, with their values.
// Whoever changes one of them becomes its owner, so that either the fields or the values
// differ then. What others added, and what is told in the status, does not count.
func Digest(live *unstructured.Unstructured) (string, error) {
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != Manager || entry.Operation != metav1.ManagedFieldsOperationApply || entry.Subresource != "" || entry.FieldsV1 == nil {
			continue
		}
		var fields map[string]any
		if err := json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields); err != nil {
			return "", fmt.Errorf("read which fields are owned: %w", err)
		}
		digest, err := catalog.HashOf("k1", []any{fields, valuesAt(live.Object, fields)})
		return string(digest), err
	}
	return "", nil
}

// valuesAt takes from a value what a set of fields names, in the notation of managed fields:
// "f:" a field, "k:" the element of a list by its keys, "v:" an element by its value, "." the
// thing itself.
func valuesAt(v any, fields map[string]any) any {
	parts, leaf := partsOf(v, fields)
	if leaf {
		return v
	}
	out := map[string]any{}
	for _, p := range parts {
		out[p.name] = valuesAt(p.value, p.fields)
	}
	return out
}
