package kubetest_test

import (
	"fmt"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

// TestAuditCountsExactly does a known sequence and counts it at once.
func TestAuditCountsExactly(t *testing.T) {
	cluster := shared.Cluster(t)
	ns := namespace(t, cluster, "counted")
	counted := cluster.ConfigFor(t, "counted", "system:masters")
	where := client(t, counted).Resource(configMaps).Namespace(ns)
	mark := cluster.Audit().Mark()

	side(40, func(i int) {
		if _, err := where.Create(t.Context(), object(t, configMap(i)), metav1.CreateOptions{}); err != nil {
			t.Error(err)
		}
	})
	apply(t, where, "m-1", metav1.PatchOptions{FieldManager: "levee"})
	apply(t, where, "m-2", metav1.PatchOptions{FieldManager: "levee", DryRun: []string{metav1.DryRunAll}})
	watching, err := where.Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watching.Stop()
	side(10, func(i int) {
		if err := where.Delete(t.Context(), fmt.Sprintf("m-%d", i), metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
	})
	if _, err := where.List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Fatal(err)
	}

	mine := cluster.Audit().Since(mark).Where(func(e kubetest.Event) bool { return e.User == "counted" })
	verbs := map[string]int{}
	for _, event := range mine {
		verbs[event.Verb]++
	}
	if got, want := fmt.Sprint(verbs), "map[create:40 delete:10 list:1 patch:2 watch:1]"; got != want {
		t.Errorf("counted %s, not %s", got, want)
	}
	if n := mine.Count(kubetest.Event.Writes); n != 51 {
		t.Errorf("%d requests wrote, not 51: a dry run does not", n)
	}
	if n := mine.Count(func(e kubetest.Event) bool { return e.Resource == "configmaps" && e.Namespace == ns }); n != 54 {
		t.Errorf("%d requests are about config maps there, not 54", n)
	}
}

func TestAuditNamesWhoIsImpersonated(t *testing.T) {
	cluster := shared.Cluster(t)
	config := cluster.Config()
	config.Impersonate.UserName = "system:serviceaccount:apps:deployer"
	mark := cluster.Audit().Mark()
	_, _ = client(t, config).Resource(configMaps).Namespace("default").List(t.Context(), metav1.ListOptions{})
	n := cluster.Audit().Since(mark).Count(func(e kubetest.Event) bool {
		return e.User == "kubetest" && e.ImpersonatedUser == "system:serviceaccount:apps:deployer" && e.Code == 403
	})
	if n != 1 {
		t.Errorf("%d requests were made on its behalf, not 1", n)
	}
}

// side does something n times, side by side.
func side(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func configMap(i int) string {
	return fmt.Sprintf("{apiVersion: v1, kind: ConfigMap, metadata: {name: m-%d}, data: {key: value}}", i)
}

func apply(t *testing.T, where dynamic.ResourceInterface, name string, options metav1.PatchOptions) {
	t.Helper()
	patch := `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"` + name + `"},"data":{"other":"value"}}`
	if _, err := where.Patch(t.Context(), name, types.ApplyPatchType, []byte(patch), options); err != nil {
		t.Fatal(err)
	}
}
