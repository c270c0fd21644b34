package checkup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

var accessReviews = schema.GroupVersionResource{Group: "authorization.k8s.io", Version: "v1", Resource: "selfsubjectaccessreviews"}

// atOnce bounds how many rights are asked for side by side.
const atOnce = 8

// right is one verb that a rule allows.
type right struct {
	rbac.Resource
	verb, namespace, name string
}

// String is the right as people say it.
func (r right) String() string {
	text := r.verb + " " + r.Resource.String()
	if r.name != "" {
		text += "/" + r.name
	}
	if r.namespace != "" {
		text += " in " + r.namespace
	}
	return text
}

// rights asks for each right of each role, as each user who has to have it.
func (e *examiner) rights(ctx context.Context) {
	roles, err := e.Rights.Roles()
	if err != nil {
		e.unknown("rights", "see `levee rbac --help`", "which rights are needed cannot be told: %v", err)
		return
	}
	for _, role := range roles {
		for _, user := range role.Users {
			e.role(ctx, role, user)
		}
	}
}

func (e *examiner) role(ctx context.Context, role rbac.Role, user string) {
	what := fmt.Sprintf("rights of %s by %s", user, role.Name)
	client, err := e.as(user)
	if err != nil {
		e.unknown(what, "", "no client can be made: %v", err)
		return
	}
	all := rightsOf(role)
	missing, untold := ask(ctx, client, all)
	switch {
	case len(missing) > 0:
		e.wrong(what, "install what `levee rbac` prints, with the same flags: levee rbac | kubectl apply -f -", "%d of %d are not there: %s", len(missing), len(all), strings.Join(missing, ", "))
	case forbidden(untold):
		e.unknown(what, "ask as the daemon itself, or as somebody who may impersonate it", "whoever asks may not act as %s: %v", user, untold)
	case untold != nil:
		e.unknown(what, "try again", "the API server does not tell: %v", untold)
	default:
		e.well(what, "all %d are there", len(all))
	}
}

// rightsOf takes the rules of a role apart.
func rightsOf(role rbac.Role) (all []right) {
	for _, rule := range role.Rules {
		names := rule.Names
		if len(names) == 0 {
			names = []string{""}
		}
		for _, verb := range rule.Verbs {
			for _, name := range names {
				all = append(all, right{rule.Resource, verb, role.Namespace, name})
			}
		}
	}
	return all
}

// ask lists the rights that a client does not have. The error is why one could not be told; what
// was told before it counts.
func ask(ctx context.Context, client dynamic.Interface, rights []right) (missing []string, untold error) {
	var side errgroup.Group
	side.SetLimit(atOnce)
	var mu sync.Mutex
	for _, r := range rights {
		side.Go(func() error {
			allowed, err := may(ctx, client, r)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				untold = err
			case !allowed:
				missing = append(missing, r.String())
			}
			return nil
		})
	}
	_ = side.Wait() // each says by itself what it was told
	slices.Sort(missing)
	return missing, untold
}

func may(ctx context.Context, client dynamic.Interface, r right) (bool, error) {
	answer, err := client.Resource(accessReviews).Create(ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
		"spec": map[string]any{"resourceAttributes": map[string]any{
			"group": r.Group, "resource": r.Name, "verb": r.verb, "namespace": r.namespace, "name": r.name,
		}},
	}}, metav1.CreateOptions{})
	if err != nil {
		return false, err
	}
	allowed, _, _ := unstructured.NestedBool(answer.Object, "status", "allowed")
	trouble, _, _ := unstructured.NestedString(answer.Object, "status", "evaluationError")
	if !allowed && trouble != "" {
		return false, fmt.Errorf("review the right to %s: %s", r, trouble)
	}
	return allowed, nil
}
