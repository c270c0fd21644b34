package kubernetes

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/catalog"
)

// owned is the digest of the fields of a live resource that Levee owns, with their values.
// Whoever changes one of them becomes its owner, so that either the fields or the values
// differ then. What others added, and what is told in the status, does not count.
func owned(live *unstructured.Unstructured) (string, error) {
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != manager || entry.Operation != metav1.ManagedFieldsOperationApply || entry.Subresource != "" || entry.FieldsV1 == nil {
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

// part is a field of a value, or an element of it by its keys, with the fields that are named
// within it.
type part struct {
	name, field, keys string // as it is named; one of field and keys is empty
	value             any
	fields            map[string]any
}

// partsOf are the parts of a value that a set of fields names and that are there, by their
// names. leaf says that the set names the value itself, and nothing in it.
func partsOf(v any, fields map[string]any) (parts []part, leaf bool) {
	leaf = true
	object, _ := v.(map[string]any)
	list, _ := v.([]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		inner, _ := fields[name].(map[string]any)
		switch kind, rest, _ := strings.Cut(name, ":"); kind {
		case "f":
			leaf = false
			if value, there := object[rest]; there {
				parts = append(parts, part{name: name, field: rest, value: value, fields: inner})
			}
		case "k":
			leaf = false
			for _, element := range list {
				if hasKeys(element, rest) {
					parts = append(parts, part{name: name, keys: rest, value: element, fields: inner})
				}
			}
		case "v", "i":
			leaf = false
		}
	}
	return parts, leaf
}

// hasKeys reports whether an element of a list is the one with keys.
func hasKeys(element any, keys string) bool {
	object, ok := element.(map[string]any)
	var want map[string]any
	if !ok || json.Unmarshal([]byte(keys), &want) != nil {
		return false
	}
	for name, value := range want {
		if fmt.Sprint(object[name]) != fmt.Sprint(value) {
			return false
		}
	}
	return true
}

// changers are who changed fields of a resource besides Levee and the cluster's own
// controllers, such as `kubectl-edit`.
func changers(live *unstructured.Unstructured) []string {
	var all []string
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != manager && entry.Manager != cutter && entry.Subresource == "" && !slices.Contains(all, entry.Manager) && entry.Manager != "kube-controller-manager" {
			all = append(all, entry.Manager)
		}
	}
	slices.Sort(all)
	return all
}
