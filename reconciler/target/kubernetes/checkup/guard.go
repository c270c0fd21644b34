package checkup

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// guard looks whether each policy and binding of the guard is installed as it is printed.
func (e *examiner) guard(ctx context.Context) {
	const what, install = "guard", "install what `levee admission` prints, with the same flags: levee admission | kubectl apply -f -"
	var missing, others []string
	resources := e.Guard.Resources()
	for _, printed := range resources {
		kind := printed.Kind()
		at := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: plurals[kind.Kind]}
		live, err := e.reader.Resource(at).Get(ctx, printed.Name(), metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			missing = append(missing, printed.String())
			continue
		case forbidden(err):
			e.unknown(what, "ask with the --kubeconfig of somebody who may read admission policies, which the daemon may not; or compare: levee admission | kubectl diff -f -", "%v", err)
			return
		case err != nil:
			e.unknown(what, "try again", "%s cannot be read: %v", printed, err)
			return
		}
		for _, part := range []string{"spec", "metadata.labels"} {
			if where := difference(part, partOf(printed.Content, part), partOf(live.Object, part)); where != "" {
				others = append(others, printed.String()+" in "+where)
			}
		}
	}
	switch {
	case len(missing) == len(resources):
		e.wrong(what, install, "it is not installed: others may change what Levee runs, until drift is put right")
	case len(missing) > 0:
		e.wrong(what, install, "a part of it is not installed: %s", strings.Join(missing, ", "))
	case len(others) > 0:
		e.wrong(what, install, "it is installed otherwise than `levee admission` prints it with these flags: %s", strings.Join(others, ", "))
	default:
		e.well(what, "installed as `levee admission` prints it with these flags; owned: %s, unlisted: %s", e.Guard.Owned, e.Guard.Unlisted)
	}
}

var plurals = map[string]string{
	"ValidatingAdmissionPolicy": "validatingadmissionpolicies", "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}

func partOf(content map[string]any, part string) any {
	if part == "spec" {
		return content["spec"]
	}
	metadata, _ := content["metadata"].(map[string]any)
	return metadata["labels"]
}

// defaults are what the API server adds to what is not said.
var defaults = map[string]any{"matchPolicy": "Equivalent", "namespaceSelector": map[string]any{}, "objectSelector": map[string]any{}, "scope": "*"}

// difference is where something that is installed is otherwise than it is printed; empty where it
// is the same. Labels of others may be there besides.
func difference(at string, printed, live any) string {
	switch printed := printed.(type) {
	case map[string]any:
		there, ok := live.(map[string]any)
		if !ok {
			return at
		}
		for _, field := range slices.Sorted(maps.Keys(printed)) {
			if where := difference(at+"."+field, printed[field], there[field]); where != "" {
				return where
			}
		}
		for _, field := range slices.Sorted(maps.Keys(there)) {
			if _, said := printed[field]; !said && at != "metadata.labels" && !reflect.DeepEqual(there[field], defaults[field]) {
				return at + "." + field
			}
		}
	case []any:
		there, ok := live.([]any)
		if !ok || len(there) != len(printed) {
			return at
		}
		for i := range printed {
			if where := difference(fmt.Sprintf("%s[%d]", at, i), printed[i], there[i]); where != "" {
				return where
			}
		}
	default:
		if !reflect.DeepEqual(printed, live) {
			return at
		}
	}
	return ""
}
