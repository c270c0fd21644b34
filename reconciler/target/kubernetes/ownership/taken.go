package ownership

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Taken lists the fields of a resource, as it was applied, that Levee owns no more and others do,
// with who they are. Whoever changes a field becomes its owner, also by way of a subresource such
// as scale.
func Taken(applied map[string]any, live *unstructured.Unstructured) (fields, by []string) {
	ours := map[string]bool{}
	owners := map[string][]string{}
	for _, entry := range live.GetManagedFields() {
		var set map[string]any
		if entry.Subresource == "status" || entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &set) != nil {
			continue
		}
		for _, field := range fieldsOf(applied, set, "") {
			if entry.Manager == Manager {
				ours[field] = true
			} else {
				owners[field] = append(owners[field], entry.Manager)
			}
		}
	}
	for _, field := range slices.Sorted(maps.Keys(owners)) {
		if !ours[field] {
			fields, by = append(fields, field), append(by, owners[field]...)
		}
	}
	slices.Sort(by)
	return fields, slices.Compact(by)
}

// Changers are who changed fields of a resource besides Levee and the cluster's own
// controllers, such as `kubectl-edit`.
func Changers(live *unstructured.Unstructured) []string {
	var all []string
	for _, entry := range live.GetManagedFields() {
		if entry.Manager != Manager && entry.Manager != Cutter && entry.Subresource == "" && !slices.Contains(all, entry.Manager) && entry.Manager != "kube-controller-manager" {
			all = append(all, entry.Manager)
		}
	}
	slices.Sort(all)
	return all
}

// Owners are who owns a field of a live resource, besides Levee.
func Owners(live *unstructured.Unstructured, path ...string) []string {
	value := any(true)
	for _, name := range slices.Backward(path) {
		value = map[string]any{name: value}
	}
	_, by := Taken(value.(map[string]any), live)
	return by
}

// fieldsOf are the paths of the leaves of a set of fields that a value has.
func fieldsOf(v any, set map[string]any, path string) (all []string) {
	parts, leaf := partsOf(v, set)
	if leaf && path != "" {
		return []string{path}
	}
	for _, p := range parts {
		within := strings.TrimPrefix(path+"."+p.field, ".")
		if p.keys != "" {
			within = path + "[" + keyWords(p.keys) + "]"
		}
		all = append(all, fieldsOf(p.value, p.fields, within)...)
	}
	return all
}

// keyWords are the keys of an element as people read them: "name=app".
func keyWords(keys string) string {
	var fields map[string]any
	if json.Unmarshal([]byte(keys), &fields) != nil {
		return keys
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		words = append(words, fmt.Sprintf("%s=%v", name, fields[name]))
	}
	return strings.Join(words, ",")
}
