package checkup

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/rbac"
)

// shared stores what is written and does nothing with it: that is all that a checkup needs.
var shared = kubetest.Shared{Options: kubetest.Options{Bare: true}}

func TestMain(m *testing.M) { os.Exit(shared.Run(m)) }

// site is a place in the shared cluster where Levee is installed as its commands print it.
type site struct {
	*kubetest.Cluster
	t        *testing.T
	client   dynamic.Interface
	home     string
	daemon   string
	deployer string
	options  Options
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteIn(t, shared.Cluster(t))
}

func newSiteIn(t *testing.T, c *kubetest.Cluster) *site {
	t.Helper()
	s := &site{Cluster: c, t: t, home: c.Prefix(t) + "levee"}
	s.daemon, s.deployer = "system:serviceaccount:"+s.home+":levee", s.home+"-deployer"
	var err error
	quiet := c.Config()
	quiet.WarningHandler = rest.NoWarnings{} // of the guard, which the test passes by
	if s.client, err = dynamic.NewForConfig(quiet); err != nil {
		t.Fatal(err)
	}
	settings := settings.DefaultKubernetes()
	rights := rbac.Rights{Inventory: s.home, Users: []string{s.deployer}}
	s.options = Options{
		Config: c.ConfigFor(t, s.daemon), Reader: c.Config(), Rights: rights, Settings: &settings, Environments: []string{"production"},
		Guard: admission.Guard{Inventory: s.home, Users: []string{s.deployer}, Owned: admission.Report, Unlisted: admission.Report},
		Now:   time.Now(), Skew: time.Minute,
	}
	s.apply(fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: restricted}}\n", s.home))
	rights.Daemon = s.daemon
	granted, err := rights.YAML()
	if err != nil {
		t.Fatal(err)
	}
	s.apply(string(granted))
	guard := s.options.Guard
	guard.Users = append([]string{s.daemon}, guard.Users...)
	installed, err := guard.YAML()
	if err != nil {
		t.Fatal(err)
	}
	s.apply(string(installed))
	return s
}

func (s *site) resource(object *unstructured.Unstructured) dynamic.ResourceInterface {
	kind := object.GroupVersionKind()
	plural := strings.ToLower(kind.Kind) + "s"
	if strings.HasSuffix(plural, "ys") {
		plural = strings.TrimSuffix(plural, "ys") + "ies"
	}
	return s.client.Resource(schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: plural}).Namespace(object.GetNamespace())
}

// apply creates what is in a text of several documents, until the test ends.
func (s *site) apply(text string) {
	s.t.Helper()
	for _, document := range bytes.Split([]byte(text), []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &object.Object); err != nil {
			s.t.Fatal(err)
		}
		if len(object.Object) == 0 {
			continue // comments
		}
		to := s.resource(object)
		if _, err := to.Create(context.Background(), object, metav1.CreateOptions{}); err != nil {
			s.t.Fatalf("make %s/%s: %v", object.GetKind(), object.GetName(), err)
		}
		s.t.Cleanup(func() { _ = to.Delete(context.Background(), object.GetName(), metav1.DeleteOptions{}) })
	}
}

func (s *site) patch(apiVersion, kind, name, patch string) {
	s.t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": apiVersion, "kind": kind}}
	form := types.MergePatchType
	if strings.HasPrefix(patch, "[") {
		form = types.JSONPatchType
	}
	if _, err := s.resource(object).Patch(s.t.Context(), name, form, []byte(patch), metav1.PatchOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) delete(apiVersion, kind, name string) {
	s.t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": apiVersion, "kind": kind}}
	if err := s.resource(object).Delete(s.t.Context(), name, metav1.DeleteOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// examine looks at everything.
func (s *site) examine() map[string]target.Check {
	s.t.Helper()
	found := map[string]target.Check{}
	for _, c := range Examine(s.t.Context(), s.options) {
		if found[c.What].What != "" {
			s.t.Errorf("%q is said twice", c.What)
		}
		if c.State == target.CheckWrong && c.Remedy == "" {
			s.t.Errorf("%s is wrong, and nothing is said that could be done: %s", c.What, c.Detail)
		}
		found[c.What] = c
	}
	return found
}

// await examines until what is found is as it should be, of which is says what is not: the API server
// goes by what was written to it a little later.
func (s *site) await(is func(map[string]target.Check) string) map[string]target.Check {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		found := s.examine()
		no := is(found)
		if no == "" {
			return found
		}
		if time.Now().After(end) {
			s.t.Fatal(no)
		}
	}
}

// want waits until a check is in a state and says some words.
func (s *site) want(what string, state target.CheckState, words string) {
	s.t.Helper()
	s.await(func(found map[string]target.Check) string { return differs(found[what], state, words) })
}

func differs(c target.Check, state target.CheckState, words string) string {
	if c.State == state && strings.Contains(c.Detail+" → "+c.Remedy, words) {
		return ""
	}
	return fmt.Sprintf("it is not %s, %q, but %+v", state, words, c)
}

// wantOnly is want where all other checks are well.
func (s *site) wantOnly(what string, state target.CheckState, words string) {
	s.t.Helper()
	s.await(func(found map[string]target.Check) string {
		for name, c := range found {
			if name != what && c.State != target.CheckWell {
				return fmt.Sprintf("%s is not well: %+v", name, c)
			}
		}
		return differs(found[what], state, words)
	})
}

// TestWell: what was installed as it is printed is well, each right is asked for, and nothing but
// reviews is written.
func TestWell(t *testing.T) {
	s := newSite(t)
	s.wantOnly("guard", target.CheckWell, "installed as")
	mark := s.Audit().Mark()
	checks := s.examine()
	if len(checks) != 11 {
		t.Errorf("there are %d checks: %+v", len(checks), checks)
	}
	rights := s.options.Rights
	rights.Daemon = s.daemon
	roles, err := rights.Roles()
	if err != nil {
		t.Fatal(err)
	}
	wanted := 0
	for _, role := range roles {
		wanted += len(rightsOf(role)) * len(role.Users)
	}
	asked := s.Audit().Since(mark).Where(func(e kubetest.Event) bool { return strings.HasPrefix(e.UserAgent, "levee-doctor") })
	if got := asked.Count(func(e kubetest.Event) bool { return e.Resource == "selfsubjectaccessreviews" }); got != wanted {
		t.Errorf("%d rights were asked for, of %d", got, wanted)
	}
	for _, e := range asked.Where(func(e kubetest.Event) bool { return e.Writes() }) {
		if !slices.Contains([]string{"selfsubjectaccessreviews", "selfsubjectreviews"}, e.Resource) {
			t.Errorf("it wrote: %s", e)
		}
	}
}

// TestRights: a right that was not given is named, of whom it is.
func TestRights(t *testing.T) {
	s := newSite(t)
	s.patch("rbac.authorization.k8s.io/v1", "ClusterRole", "levee-apps-"+s.home, `[{"op":"replace","path":"/rules/0/verbs","value":["get","list","create","patch"]}]`)
	s.wantOnly("rights of "+s.deployer+" by levee-apps-"+s.home, target.CheckWrong, "1 of 75 are not there: delete namespaces")
}

// TestImpersonation: where the daemon may not act as another, what that other may do is unknown.
func TestImpersonation(t *testing.T) {
	s := newSite(t)
	s.delete("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "levee-impersonate-"+s.home)
	s.want("rights of "+s.daemon+" by levee-impersonate-"+s.home, target.CheckWrong, "impersonate users/"+s.deployer)
	s.want("rights of "+s.deployer+" by levee-apps-"+s.home, target.CheckUnknown, "may not act as "+s.deployer)
}

// TestAnotherAsks: an operator asks as the daemon.
func TestAnotherAsks(t *testing.T) {
	s := newSite(t)
	s.options.Config, s.options.Reader, s.options.Rights.Daemon = s.Config(), nil, s.daemon
	s.wantOnly("identity", target.CheckWell, "the daemon is "+s.daemon+", as which kubetest asks")
	s.options.Rights.Daemon = "somebody"
	s.want("rights of somebody by levee-inventories", target.CheckWrong, "5 of 5 are not there")
	s.want("guard", target.CheckWrong, "matchConditions[0].expression")
}

// TestGuard: a guard that is not there, or otherwise than it is printed, is told; one that cannot
// be read is unknown.
func TestGuard(t *testing.T) {
	const api, policy, binding = "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"
	for name, test := range map[string]struct {
		change func(*site)
		state  target.CheckState
		says   string
	}{
		"exempt": {func(s *site) {
			s.patch(api, policy, "levee-owned-"+s.home, `{"spec":{"matchConstraints":{"namespaceSelector":{"matchLabels":{"a":"b"}}}}}`)
		}, target.CheckWrong, "spec.matchConstraints.namespaceSelector"},
		"reports":   {func(s *site) { s.options.Guard.Owned = admission.Deny }, target.CheckWrong, "spec.validationActions"},
		"ignores":   {func(s *site) { s.options.Guard.Open = true }, target.CheckWrong, "spec.failurePolicy"},
		"a part":    {func(s *site) { s.delete(api, binding, "levee-owned-"+s.home+"-scale") }, target.CheckWrong, "levee-owned-" + "t"},
		"unread":    {func(s *site) { s.options.Reader = nil }, target.CheckUnknown, "cannot get resource"},
		"not there": {func(s *site) { s.options.Guard.Inventory += "-2" }, target.CheckWrong, "it is not installed"},
		"labelled": {func(s *site) {
			s.patch(api, policy, "levee-owned-"+s.home, `{"metadata":{"labels":{"team":"platform"}}}`)
		}, target.CheckWell, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			test.change(s)
			s.wantOnly("guard", test.state, test.says)
		})
	}
}

// TestNamespaces: namespaces that are not held to the profile, or not there, are told.
func TestNamespaces(t *testing.T) {
	s := newSite(t)
	s.patch("v1", "Namespace", s.home, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`)
	s.wantOnly("namespace "+s.home, target.CheckWrong, `is "privileged"`)
	s.patch("v1", "Namespace", s.home, `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`)

	s.apply(fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s-board, labels: {levee.dev/app: board, levee.dev/inventory: %[1]s}}\n", s.home))
	s.wantOnly("namespaces of apps", target.CheckWrong, "1 of 1 are not held to the restricted Pod Security profile: "+s.home+"-board")
	s.patch("v1", "Namespace", s.home+"-board", `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`)

	s.options.Settings.Namespace = s.home + "-{environment}"
	s.wantOnly("namespace "+s.home+"-production", target.CheckWrong, "apps share it")
	s.apply(fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s-production}\n", s.home))
	s.wantOnly("namespace "+s.home+"-production", target.CheckWrong, "the guard does not cover it")
	s.patch("v1", "Namespace", s.home+"-production", fmt.Sprintf(`{"metadata":{"labels":{"levee.dev/inventory":%q}}}`, s.home))
	s.wantOnly("namespace "+s.home+"-production", target.CheckWell, "the guard covers it")

	s.options.Rights.Inventory += "-none"
	s.want("namespace "+s.options.Rights.Inventory, target.CheckWrong, "kubectl create namespace")
}

// TestKinds: the kinds that the catalog's settings add have to be served, and the rights to them
// given.
func TestKinds(t *testing.T) {
	s := newSite(t)
	s.options.Settings.SecretStore = "vault"
	s.wantOnly("kinds of the catalog", target.CheckWrong, "serves no ExternalSecret.external-secrets.io")
	s.options.Settings.SecretStore, s.options.Settings.Kinds = "", []string{"Lease.coordination.k8s.io"}
	s.want("kinds of the catalog", target.CheckWell, "Lease.coordination.k8s.io")
	s.want("rights of "+s.deployer+" by levee-apps-"+s.home, target.CheckWrong, "create leases.coordination.k8s.io")
	s.options.Settings = nil
	s.wantOnly("kinds of the catalog", target.CheckUnknown, "could not be read")
}

// TestClock: a clock that is too far from the cluster's is told.
func TestClock(t *testing.T) {
	s := newSite(t)
	s.options.Now = s.options.Now.Add(-time.Hour)
	s.wantOnly("clock", target.CheckWrong, "ahead of this one")
}

// TestAway: of a cluster that does not answer nothing is told but that.
func TestAway(t *testing.T) {
	for name, test := range map[string]struct {
		config *rest.Config
		says   string
	}{
		"nobody":  {&rest.Config{Host: "https://127.0.0.1:1"}, "does not answer"},
		"another": {&rest.Config{Host: serving(t, `<html>`)}, "no API server"},
	} {
		checks := Examine(t.Context(), Options{Config: test.config, Now: time.Now(), Skew: time.Minute})
		if len(checks) != 1 || checks[0].State != target.CheckWrong || !strings.Contains(checks[0].Detail, test.says) {
			t.Errorf("%s: %+v", name, checks)
		}
	}
}

// TestVersion: a cluster that is too old is told, whatever else it is.
func TestVersion(t *testing.T) {
	for release, want := range map[string]target.CheckState{
		"v1.29.9": target.CheckWrong, "v1.30.0": target.CheckWell, "v1.33.1-eks-1234": target.CheckWell, "v2.0.0": target.CheckWell, "newest": target.CheckUnknown,
	} {
		e := &examiner{Options: Options{Config: &rest.Config{Host: serving(t, fmt.Sprintf(`{"gitVersion":%q}`, release))}, Now: time.Now(), Skew: time.Minute}}
		if !e.server(t.Context()) || len(e.checks) != 3 || e.checks[1].State != want || e.checks[2].State != target.CheckWell {
			t.Errorf("%s: %+v", release, e.checks)
		}
	}
}

func serving(t *testing.T, answer string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	return server.URL
}

// TestShares: where a share of the replicas is asked for and cannot be, content is applied at once, which is a warning;
// where it can be, the daemon needs the rights to it.
func TestShares(t *testing.T) {
	s := newSiteIn(t, kubetest.Start(t, kubetest.Options{Bare: true}))
	s.options.Shares = []string{"staging", "production"}
	s.wantOnly("shares of replicas", target.CheckWarning, "new content of staging, production is applied at once: the cluster serves no Rollout.argoproj.io")
	s.ServeRollouts(t)
	s.want("shares of replicas", target.CheckWell, "Rollout.argoproj.io")
	s.want("rights of "+s.deployer+" by levee-apps-"+s.home, target.CheckWrong, "create rollouts.argoproj.io")
}
