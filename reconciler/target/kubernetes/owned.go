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
	leaf := true
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		inner, _ := fields[name].(map[string]any)
		switch kind, rest, _ := strings.Cut(name, ":"); kind {
		case "f":
			leaf = false
			if object, ok := v.(map[string]any); ok {
				if value, there := object[rest]; there {
					out[name] = valuesAt(value, inner)
				}
			}
		case "k":
			leaf = false
			list, _ := v.([]any)
			for _, element := range list {
				if hasKeys(element, rest) {
					out[name] = valuesAt(element, inner)
				}
			}
		case "v", "i":
			leaf = false
		}
	}
	if leaf {
		return v
	}
	return out
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
