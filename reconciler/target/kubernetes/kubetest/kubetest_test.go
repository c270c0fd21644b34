package kubetest_test

import (
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
)

var shared kubetest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }

func TestServerAnswersWhoReadsAKubeconfig(t *testing.T) {
	cluster := shared.Cluster(t)
	path := t.TempDir() + "/kubeconfig"
	if err := kubetest.WriteKubeconfig(path, cluster.Config()); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	if version := versionOf(t, config); !strings.HasPrefix(version, "v1.") || strings.Contains(version, "master") {
		t.Errorf("the API server says that it is %q", version)
	}
}

func versionOf(t *testing.T, config *rest.Config) string {
	t.Helper()
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get(config.Host + "/version")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var info struct{ GitVersion string }
	if err := json.Unmarshal(body, &info); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return info.GitVersion
}

func TestDeploymentBecomesAvailable(t *testing.T) {
	cluster := shared.Cluster(t)
	ns := namespace(t, cluster, "web")
	where := client(t, cluster.Config()).Resource(deployments).Namespace(ns)
	create(t, where, deployment("registry.example.com/fin/app@sha256:"+strings.Repeat("a", 64)))
	until(t, where, "app", "available", has("Available", "True"))

	if n := cluster.SetPodsReady(t, ns, "app=app", false); n != 2 {
		t.Errorf("%d pods were there, not 2", n)
	}
	until(t, where, "app", "unavailable", has("Available", "False"))
	cluster.SetPodsReady(t, ns, "", true)
	until(t, where, "app", "available again", has("Available", "True"))
}

func TestImagesSayHowPodsDo(t *testing.T) {
	cluster := shared.Cluster(t)
	c := client(t, cluster.Config())
	for name, reason := range map[string]string{"crashing": "CrashLoopBackOff", "unpullable": "ImagePullBackOff"} {
		t.Run(name, func(t *testing.T) {
			ns := namespace(t, cluster, name)
			create(t, c.Resource(deployments).Namespace(ns), deployment("registry.example.com/fin/"+name+":1"))
			deadline := time.Now().Add(time.Minute)
			for !slices.Equal(waiting(t, c, ns), []string{reason, reason}) {
				if time.Now().After(deadline) {
					t.Fatalf("containers wait for %q", waiting(t, c, ns))
				}
				time.Sleep(100 * time.Millisecond)
			}
			until(t, c.Resource(deployments).Namespace(ns), "app", "unavailable", has("Available", "False"))
		})
	}
	t.Run("slow", func(t *testing.T) {
		where := c.Resource(deployments).Namespace(namespace(t, cluster, "slow"))
		begun := time.Now()
		create(t, where, deployment("registry.example.com/fin/slow:1"))
		until(t, where, "app", "available", has("Available", "True"))
		if took := time.Since(begun); took < 3*time.Second {
			t.Errorf("it was available after %s", took)
		}
	})
}

func TestJobsEnd(t *testing.T) {
	cluster := shared.Cluster(t)
	where := client(t, cluster.Config()).Resource(jobs).Namespace(namespace(t, cluster, "batch"))
	create(t, where, job("good", "registry.example.com/fin/app:1"))
	create(t, where, job("bad", "registry.example.com/fin/failing:1"))
	until(t, where, "good", "complete", has("Complete", "True"))
	until(t, where, "bad", "failed", has("Failed", "True"))
}

func TestUserMayDoNothingWithoutARole(t *testing.T) {
	cluster := shared.Cluster(t)
	mark := cluster.Audit().Mark()
	_, err := client(t, cluster.ConfigFor(t, "stranger")).Resource(namespaces).List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("listing namespaces without a role: %v", err)
	}
	refused := cluster.Audit().Since(mark).Where(func(e kubetest.Event) bool { return e.User == "stranger" })
	if len(refused) != 1 || refused[0].Code != 403 || refused[0].Verb != "list" {
		t.Errorf("the audit log has %v", refused)
	}
}

func TestNamespacesOfATestGoWithIt(t *testing.T) {
	cluster := shared.Cluster(t)
	var ns string
	t.Run("a test", func(t *testing.T) { ns = namespace(t, cluster, "mine") })
	until := time.Now().Add(time.Minute)
	for {
		_, err := client(t, cluster.Config()).Resource(namespaces).Get(t.Context(), ns, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%s is still there: %v", ns, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
