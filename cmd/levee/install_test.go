package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/levee-gitops/levee/cmd/levee/install"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

const (
	leveeImage  = "registry.example.com/levee@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	inPod       = "repository: https://example.com/catalog.git\ndata: /var/lib/levee\nlisten: :8080\nmetrics: :9090\ntargets:\n  cluster: {kind: kubernetes}\n"
	leveeSystem = "levee-system"
)

// printInstallation runs levee install with a configuration.
func printInstallation(t *testing.T, config string, args ...string) (code int, out, errs bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "levee.yaml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	code = run(t.Context(), append([]string{"install", "--config", file}, args...), terminal.IO{Out: &out, Err: &errs})
	return code, out, errs
}

// TestInstall: what cannot run in a pod is told before anything is printed; what is printed says
// which keys are needed.
func TestInstall(t *testing.T) {
	t.Parallel()
	app := "forge: {kind: github, repository: acme/catalog, app: {id: 1, installation: 2, key: app.pem}, webhookSecret: hook}\n"
	for name, test := range map[string]struct {
		config string
		args   []string
		code   int
		out    string
		says   string
	}{
		"lease":     {inPod, nil, exit.CodeFine, "\n    lease: {target: cluster}\n", ""},
		"own lease": {inPod + "lease: {}\n", nil, exit.CodeFine, "\n    lease: {}\n", ""},
		"no lease":  {inPod + "lease: {target: far}\n", nil, exit.CodeUsage, "", "lease in levee.yaml: levee.yaml has no target \"far\""},
		"default":   {inPod, nil, exit.CodeFine, "replicas: 2", "create secret generic levee --from-file=levee.key\n"},
		"keys":      {inPod + app, []string{"--secret", "own"}, exit.CodeFine, "name: own", "create secret generic own --from-file=levee.key --from-file=hook --from-file=app.pem\n"},
		"rights":    {inPod, []string{"--kinds", "Rollout.argoproj.io"}, exit.CodeFine, `resources: ["rollouts"]`, ""},
		"one":       {strings.Replace(inPod, "metrics: :9090\n", "", 1), []string{"--replicas", "1"}, exit.CodeFine, "replicas: 1", ""},
		"no pin":    {inPod, []string{"--image", "levee:latest"}, exit.CodeUsage, "", "pin the image by its digest"},
		"path":      {strings.Replace(inPod, "https://example.com/catalog.git", "catalog.git", 1), nil, exit.CodeUsage, "", "which no pod has; give an https URL"},
		"data":      {strings.Replace(inPod, "data: /var/lib/levee\n", "", 1), nil, exit.CodeUsage, "", "in a pod it is /var/lib/levee: say so"},
		"elsewhere": {inPod + "key: /etc/keys/levee.key\n", nil, exit.CodeUsage, "", "name it levee.key"},
		"loopback":  {strings.Replace(inPod, ":8080", "127.0.0.1:8080", 1), nil, exit.CodeUsage, "", "listen in "},
		"low port":  {strings.Replace(inPod, ":9090", ":80", 1), nil, exit.CodeUsage, "", "metrics in "},
		"directory": {inPod + "  here: {kind: directory}\n", nil, exit.CodeUsage, "", "targets.here in "},
		"user":      {inPod, []string{"--user", "ana"}, exit.CodeUsage, "", "the daemon is the service account system:serviceaccount:levee-system:levee"},
		"replicas":  {inPod, []string{"--replicas", "0"}, exit.CodeUsage, "", "replicas"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := printInstallation(t, test.config, append([]string{"--image", leveeImage}, test.args...)...)
			if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.says) {
				t.Errorf("exit code %d, want %d\n%s\n%s", code, test.code, &out, &errs)
			}
			if (code == exit.CodeFine) != (out.Len() > 0) {
				t.Errorf("it exits with %d and prints\n%s", code, &out)
			}
		})
	}
}

// TestInstalled: the API server takes all that is printed, and the pods keep to the restricted
// profile that their namespace is held to.
func TestInstalled(t *testing.T) {
	control := kubetest.Start(t, kubetest.Options{Bare: true})
	kubectl := newKubectl(t, control.Config())
	code, out, errs := printInstallation(t, inPod, "--image", leveeImage)
	if code != exit.CodeFine {
		t.Fatalf("exit code %d\n%s", code, &errs)
	}
	kinds := map[string]int{}
	var pod *unstructured.Unstructured
	for _, object := range kubectl.read(out.String()) {
		kinds[object.GetKind()]++
		// The others are tried where these two are: a dry run leaves nothing for those after it.
		var dry []string
		if kind := object.GetKind(); kind != "Namespace" && kind != "ServiceAccount" {
			dry = []string{metav1.DryRunAll}
		}
		if err := kubectl.apply(object, dry...); err != nil {
			t.Errorf("%s/%s: %v", object.GetKind(), object.GetName(), err)
		}
		if object.GetKind() == "Deployment" {
			spec, _, _ := unstructured.NestedMap(object.Object, "spec", "template", "spec")
			pod = &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "levee", "namespace": leveeSystem}, "spec": spec}}
		}
	}
	for _, kind := range []string{"Namespace", "ServiceAccount", "ConfigMap", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "ClusterRole", "ClusterRoleBinding"} {
		if kinds[kind] != 1 {
			t.Errorf("of %s there are %d: %v", kind, kinds[kind], kinds)
		}
	}
	if kinds["Role"] != 2 || kinds["RoleBinding"] != 2 { // of the inventories, and of the Lease
		t.Errorf("there are %v", kinds)
	}
	if err := kubectl.apply(pod, metav1.DryRunAll); err != nil {
		t.Errorf("a pod of the daemon: %v", err)
	}
	unstructured.RemoveNestedField(pod.Object, "spec", "securityContext", "seccompProfile")
	if err := kubectl.apply(pod, metav1.DryRunAll); !apierrors.IsForbidden(err) {
		t.Errorf("a pod that is not restricted: %v", err)
	}
}

// TestInstallationChart: whoever installs the chart by Helm gives the rights as a value; and a
// volume is not shared.
func TestInstallationChart(t *testing.T) {
	t.Parallel()
	values := map[string]any{"image": leveeImage, "config": inPod, "rights": "# all\n---\nkind: Role\napiVersion: v1\nmetadata: {name: one}\n---\nkind: Role\napiVersion: v1\nmetadata: {name: two}\n"}
	list, err := install.Render(t.Context(), leveeSystem, values)
	if err != nil || len(list) != 8 {
		t.Errorf("it renders to %v, %v", list, err)
	}
	values["data"] = map[string]any{"claim": "levee"}
	if _, err := install.Render(t.Context(), leveeSystem, values); err == nil || !strings.Contains(err.Error(), "for one replica alone") {
		t.Errorf("two replicas share a volume: %v", err)
	}
	values["replicas"] = 1
	if _, err := install.Render(t.Context(), leveeSystem, values); err != nil {
		t.Error(err)
	}
}
