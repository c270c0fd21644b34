package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/apiserver"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/manifests"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/ownership"
)

// Seen is the newest fence that was seen in an environment, which this one may be.
func (s *Store) Seen(environment string, fence target.Fence) target.Fence {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fence.Admission > s.witness[environment].Admission {
		s.witness[environment] = fence
	}
	return s.witness[environment]
}

// Searched reports whether all inventories of an environment were read, so that its witness is known.
func (s *Store) Searched(environment string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known[environment]
}

// Raise has the environment remember a fence whose inventory is about to go.
func (s *Store) Raise(ctx context.Context, environment string, fence target.Fence) error {
	client := s.api.ConfigMaps(ctx)
	s.Seen(environment, fence)
	for range 5 {
		object, err := client.Get(ctx, environment, metav1.GetOptions{})
		none := apiserver.Missing(err)
		if err != nil && !none {
			return fmt.Errorf("read the witness: %w", apiserver.Told(err))
		}
		if !none {
			if err := s.own(object, roleWitness); err != nil {
				return err
			}
		}
		if !none && witnessOf(object).Admission >= fence.Admission {
			return nil
		}
		text, err := json.Marshal(fence)
		if err != nil {
			return err
		}
		next := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{roleWitness: string(text)},
			"metadata": map[string]any{"name": environment, "namespace": s.api.Namespace, "labels": map[string]any{
				manifests.LabelInventory: s.api.Namespace, manifests.LabelEnvironment: environment, LabelRole: roleWitness,
			}},
		}}
		if none {
			_, err = client.Create(ctx, next, metav1.CreateOptions{FieldManager: ownership.Manager})
		} else {
			next.SetResourceVersion(object.GetResourceVersion())
			_, err = client.Update(ctx, next, metav1.UpdateOptions{FieldManager: ownership.Manager})
		}
		if err == nil {
			return nil
		}
		if !apierrors.IsConflict(err) && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("write the witness: %w", apiserver.Told(err))
		}
	}
	return errors.New("the witness is written by others all the time")
}

func witnessOf(object *unstructured.Unstructured) (fence target.Fence) {
	text, _, _ := unstructured.NestedString(object.Object, "data", roleWitness)
	_ = json.Unmarshal([]byte(text), &fence) // one that is damaged says nothing
	return fence
}
