package kubernetes

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
)

// drifted is what differs from what was applied, by resource: which of the fields that Levee
// applied others own now, and who they are.
func drifted(inv *inventory, live *found) (all []target.Drifted) {
	applied := inv.applied()
	over := inv.tooMany(live)
	for _, ref := range inv.Resources {
		object := live.get(ref)
		switch {
		case ref.Leaving:
			continue // nobody changed it: it goes when its time has come
		case object == nil || object.GetDeletionTimestamp() != nil:
			all = append(all, target.Drifted{What: ref.String()})
			continue
		case refIn(over, ref) != nil:
			all = append(all, target.Drifted{What: ref.String(), Field: "spec.replicas", By: strings.Join(ownersOf(object, "spec", "replicas"), ", ")})
			continue
		case asApplied(ref, object):
			continue
		}
		fields, by := taken(find(applied, ref).Content, object)
		if len(by) == 0 {
			by = changers(object)
		}
		all = append(all, target.Drifted{What: ref.String(), Field: firstOf(fields, ", "), By: firstOf(by, ", ")})
	}
	return all
}

// taken lists the fields of a resource, as it was applied, that Levee owns no more and others do,
// with who they are. Whoever changes a field becomes its owner, also by way of a subresource such
// as scale.
func taken(applied map[string]any, live *unstructured.Unstructured) (fields, by []string) {
	ours := map[string]bool{}
	owners := map[string][]string{}
	for _, entry := range live.GetManagedFields() {
		var set map[string]any
		if entry.Subresource == "status" || entry.FieldsV1 == nil || json.Unmarshal(entry.FieldsV1.GetRawBytes(), &set) != nil {
			continue
		}
		for _, field := range fieldsOf(applied, set, "") {
			if entry.Manager == manager {
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

// ownersOf are who owns a field of a live resource, besides Levee.
func ownersOf(live *unstructured.Unstructured, path ...string) []string {
	value := any(true)
	for _, name := range slices.Backward(path) {
		value = map[string]any{name: value}
	}
	_, by := taken(value.(map[string]any), live)
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
