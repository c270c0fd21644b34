package ownership

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestTaken: of what others own, the fields that Levee applied and owns no more are told, and by
// whom they were taken.
func TestTaken(t *testing.T) {
	applied := map[string]any{
		"spec":     map[string]any{"replicas": int64(1), "template": map[string]any{"containers": []any{map[string]any{"name": "app", "image": "a"}, map[string]any{"name": "proxy", "image": "b"}}}},
		"metadata": map[string]any{"labels": map[string]any{"levee.dev/app": "board"}},
	}
	type owner struct{ manager, subresource, fields string }
	const image = `{"f:spec":{"f:template":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:image":{}}}}}}`
	for name, c := range map[string]struct {
		owners     []owner
		fields, by []string
	}{
		"nothing":                {[]owner{{"levee", "", `{"f:spec":{"f:replicas":{}}}`}}, nil, nil},
		"a field":                {[]owner{{"levee", "", image}, {"kubectl-edit", "", `{"f:spec":{"f:replicas":{}}}`}}, []string{"spec.replicas"}, []string{"kubectl-edit"}},
		"by way of scale":        {[]owner{{"kube-controller-manager", "scale", `{"f:spec":{"f:replicas":{}}}`}}, []string{"spec.replicas"}, []string{"kube-controller-manager"}},
		"in a list":              {[]owner{{"injector", "", image}}, []string{"spec.template.containers[name=app].image"}, []string{"injector"}},
		"owned together":         {[]owner{{"levee", "", image}, {"other", "", image}}, nil, nil},
		"what Levee never said":  {[]owner{{"other", "", `{"f:metadata":{"f:annotations":{"f:x":{}}},"f:spec":{"f:paused":{}}}`}}, nil, nil},
		"what is only told":      {[]owner{{"other", "status", `{"f:spec":{"f:replicas":{}}}`}}, nil, nil},
		"several, by two":        {[]owner{{"b", "", `{"f:spec":{"f:replicas":{}}}`}, {"a", "", image}}, []string{"spec.replicas", "spec.template.containers[name=app].image"}, []string{"a", "b"}},
		"a name with a dot":      {[]owner{{"a", "", `{"f:metadata":{"f:labels":{"f:levee.dev/app":{}}}}`}}, []string{"metadata.labels.levee.dev/app"}, []string{"a"}},
		"what cannot be read at": {[]owner{{"a", "", `[]`}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			live := &unstructured.Unstructured{Object: map[string]any{}}
			var entries []metav1.ManagedFieldsEntry
			for _, o := range c.owners {
				entries = append(entries, metav1.ManagedFieldsEntry{Manager: o.manager, Operation: "Apply", Subresource: o.subresource, FieldsV1: metav1.NewFieldsV1(o.fields)})
			}
			live.SetManagedFields(entries)
			if fields, by := Taken(applied, live); !slices.Equal(fields, c.fields) || !slices.Equal(by, c.by) {
				t.Errorf("taken are %q by %q, not %q by %q", fields, by, c.fields, c.by)
			}
		})
	}
}
