package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/levee-gitops/levee"

// house says what each package may import of ours, tests included. A folder ends
// in "/..." where its children share its line. What is not listed may not exist.
var house = map[string][]string{
	"catalog/safetext":                           {},
	"catalog/scalar":                             {"catalog/safetext"},
	"catalog/guess":                              {"catalog/safetext", "catalog/scalar"},
	"catalog/syntax":                             {"catalog/safetext"},
	"catalog/schema":                             {"catalog/safetext", "catalog/scalar", "catalog/guess", "catalog/syntax"},
	"catalog/settings":                           {"catalog/scalar", "catalog/schema"},
	"catalog/dialect":                            {},
	"catalog/evidence":                           {"catalog/safetext"},
	"catalog/attest":                             {"catalog/evidence", "catalog/safetext", "catalog/attest/attesttest"},
	"catalog/attest/attesttest":                  {},
	"catalog":                                    {"catalog/evidence", "catalog/safetext", "catalog/scalar", "catalog/guess", "catalog/syntax", "catalog/schema", "catalog/dialect", "catalog/explain", "catalog/settings"},
	"catalog/explain":                            {"catalog/safetext", "catalog/syntax", "catalog/schema", "catalog"},
	"catalog/folder":                             {"catalog/syntax", "catalog"},
	"catalog/overlay":                            {"catalog", "catalog/folder"},
	"catalog/convert":                            {"catalog/safetext", "catalog/scalar", "catalog/guess", "catalog/syntax", "catalog/dialect", "catalog", "catalog/settings"},
	"catalog/secretscan":                         {"catalog"},
	"catalog/sandbox":                            {},
	"catalog/gitrepo/sshkey":                     {"catalog/gitrepo/gitrepotest"},
	"catalog/gitrepo/internal/packstore":         {"catalog", "catalog/gitrepo/gitrepotest"},
	"catalog/gitrepo/internal/remote":            {"catalog"},
	"catalog/gitrepo/internal/tree":              {"catalog", "catalog/gitrepo/internal/packstore"},
	"catalog/gitrepo/internal/object":            {"catalog", "catalog/gitrepo/internal/packstore", "catalog/gitrepo/sshkey"},
	"catalog/gitrepo/internal/mirror":            {"catalog", "catalog/gitrepo/internal/object", "catalog/gitrepo/internal/packstore", "catalog/gitrepo/internal/remote"},
	"catalog/gitrepo":                            {"catalog", "catalog/gitrepo/sshkey", "catalog/gitrepo/internal/mirror", "catalog/gitrepo/internal/object", "catalog/gitrepo/internal/packstore", "catalog/gitrepo/internal/remote", "catalog/gitrepo/internal/tree", "catalog/gitrepo/gitrepotest"},
	"catalog/gitrepo/gitrepotest":                {"catalog", "catalog/gitrepo/sshkey", "catalog/gitrepo"},
	"catalog/ledger":                             {"catalog/scalar", "catalog"},
	"catalog/ledger/chain":                       {"catalog/scalar", "catalog", "catalog/gitrepo/sshkey", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "catalog/ledger"},
	"catalog/ledger/spool":                       {"catalog/ledger"},
	"policies/bundle":                            {},
	"policies/advice":                            {"catalog/scalar", "catalog/guess", "catalog", "catalog/settings"},
	"policies/consistency":                       {"catalog/attest", "catalog/scalar", "catalog/guess", "catalog", "catalog/explain", "policies/bundle", "catalog/settings"},
	"policies/rego":                              {"catalog/scalar", "catalog", "policies/bundle", "policies/consistency", "policies", "policies/policiestest", "catalog/settings"},
	"policies/rego/oldrules":                     {"catalog", "catalog/convert", "catalog/dialect", "catalog/safetext", "catalog/scalar", "catalog/syntax", "policies", "policies/bundle", "policies/policiestest", "policies/rego"},
	"policies":                                   {"catalog/attest/attesttest", "catalog/attest", "catalog/evidence", "catalog/guess", "catalog/scalar", "catalog/secretscan", "catalog", "catalog/explain", "catalog/sandbox", "policies/advice", "policies/consistency", "policies/rego", "policies/policiestest", "catalog/settings"},
	"policies/policiestest":                      {"catalog", "catalog/folder", "policies"},
	"notifier":                                   {},
	"notifier/notifiertest":                      {"notifier"},
	"notifier/console":                           {"notifier", "notifier/notifiertest"},
	"notifier/slack":                             {"notifier", "notifier/notifiertest"},
	"reconciler/forge":                           {"catalog"},
	"reconciler/forge/forgetest":                 {"catalog", "reconciler/forge"},
	"reconciler/forge/plaingit":                  {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest", "catalog/gitrepo/sshkey"},
	"reconciler/forge/github/api":                {"reconciler/forge"},
	"reconciler/forge/github/history":            {"catalog/gitrepo", "reconciler/forge", "reconciler/forge/github/api"},
	"reconciler/forge/github/reviews":            {"catalog", "reconciler/forge", "reconciler/forge/github/api", "reconciler/forge/github/history"},
	"reconciler/forge/github/pulls":              {"catalog", "reconciler/forge", "reconciler/forge/github/api", "reconciler/forge/github/history"},
	"reconciler/forge/github/verdict":            {"catalog", "reconciler/forge", "reconciler/forge/github/api"},
	"reconciler/forge/github/webhook":            {"catalog", "reconciler/forge", "reconciler/forge/github/api", "reconciler/forge/github/pulls", "reconciler/forge/github/reviews"},
	"reconciler/forge/github":                    {"catalog", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest", "reconciler/forge/github/githubtest", "reconciler/forge/github/transport", "reconciler/forge/github/api", "reconciler/forge/github/history", "reconciler/forge/github/pulls", "reconciler/forge/github/reviews", "reconciler/forge/github/verdict", "reconciler/forge/github/webhook"},
	"reconciler/forge/github/githubtest":         {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest"},
	"reconciler/forge/github/transport":          {"reconciler/forge"},
	"reconciler/target":                          {"catalog", "reconciler/target/targettest", "catalog/settings"},
	"reconciler/target/targettest":               {"catalog", "reconciler/target"},
	"reconciler/target/expand":                   {"catalog", "reconciler/target"},
	"reconciler/target/directory/disk":           {},
	"reconciler/target/directory/layout":         {"reconciler/target/directory/disk"},
	"reconciler/target/directory/inventory":      {"catalog", "reconciler/target", "reconciler/target/directory/disk", "reconciler/target/directory/layout"},
	"reconciler/target/directory/live":           {"reconciler/target", "reconciler/target/directory/disk", "reconciler/target/directory/inventory", "reconciler/target/directory/layout"},
	"reconciler/target/directory":                {"catalog", "reconciler/target", "reconciler/target/expand", "reconciler/target/targettest", "reconciler/target/directory/disk", "reconciler/target/directory/inventory", "reconciler/target/directory/layout", "reconciler/target/directory/live"},
	"reconciler/target/kubernetes/kubetest":      {},
	"reconciler/target/kubernetes/resource":      {"catalog"},
	"reconciler/target/kubernetes/chart":         {"catalog", "catalog/sandbox", "reconciler/target", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/gate":          {"catalog", "reconciler/target", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/admission":     {"reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/rbac":          {"reconciler/target/kubernetes/gate", "reconciler/target/kubernetes/manifests"},
	"reconciler/target/kubernetes/checkup":       {"catalog", "reconciler/target", "reconciler/target/kubernetes/admission", "reconciler/target/kubernetes/kubetest", "reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/rbac", "reconciler/target/kubernetes/share", "catalog/settings"},
	"reconciler/target/kubernetes/share":         {"reconciler/target", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/lease":         {"reconciler/target/kubernetes/kubetest"},
	"reconciler/target/kubernetes/manifests":     {"catalog", "catalog/sandbox", "reconciler/target", "reconciler/target/kubernetes/chart", "reconciler/target/kubernetes/gate", "reconciler/target/kubernetes/resource", "catalog/settings"},
	"reconciler/target/kubernetes/ownership":     {"catalog"},
	"reconciler/target/kubernetes/workload":      {"catalog", "reconciler/target/kubernetes/resource", "catalog/settings"},
	"reconciler/target/kubernetes/artefact":      {"catalog", "reconciler/target", "reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/resource", "reconciler/target/kubernetes/share", "reconciler/target/kubernetes/workload", "catalog/settings"},
	"reconciler/target/kubernetes/apiserver":     {"reconciler/target", "reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/ownership", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/inventory":     {"catalog", "reconciler/target", "reconciler/target/kubernetes/apiserver", "reconciler/target/kubernetes/artefact", "reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/ownership", "reconciler/target/kubernetes/resource"},
	"reconciler/target/kubernetes/live":          {"reconciler/target", "reconciler/target/kubernetes/apiserver", "reconciler/target/kubernetes/artefact", "reconciler/target/kubernetes/inventory", "reconciler/target/kubernetes/ownership", "reconciler/target/kubernetes/resource", "reconciler/target/kubernetes/share", "reconciler/target/kubernetes/workload"},
	"reconciler/target/kubernetes/cut":           {"catalog", "reconciler/target/kubernetes/apiserver", "reconciler/target/kubernetes/inventory", "reconciler/target/kubernetes/live", "reconciler/target/kubernetes/resource", "reconciler/target/kubernetes/workload", "catalog/settings"},
	"reconciler/target/kubernetes":               {"catalog", "catalog/sandbox", "reconciler/target", "reconciler/target/targettest", "reconciler/target/kubernetes/admission", "reconciler/target/kubernetes/chart", "reconciler/target/kubernetes/kubetest", "reconciler/target/kubernetes/manifests", "reconciler/target/kubernetes/rbac", "reconciler/target/kubernetes/resource", "reconciler/target/kubernetes/share", "reconciler/target/kubernetes/apiserver", "reconciler/target/kubernetes/artefact", "reconciler/target/kubernetes/cut", "reconciler/target/kubernetes/inventory", "reconciler/target/kubernetes/live", "reconciler/target/kubernetes/ownership", "reconciler/target/kubernetes/workload", "catalog/settings"},
	"reconciler/identity":                        {"catalog", "catalog/gitrepo", "policies", "reconciler/forge"},
	"reconciler/impact":                          {"catalog", "policies"},
	"reconciler/api/auth":                        {},
	"reconciler/api":                             {"catalog", "catalog/ledger", "catalog/overlay", "catalog/scalar", "catalog/secretscan", "policies", "reconciler/api/auth", "reconciler/check", "reconciler/judge", "reconciler/lifecycle", "reconciler/parallel", "reconciler/render", "reconciler/session", "reconciler/status"},
	"reconciler/comment":                         {"catalog", "policies", "reconciler/impact", "reconciler/forge", "reconciler/identity", "reconciler/target", "catalog/settings"},
	"reconciler/lifecycle":                       {"catalog", "catalog/ledger", "policies", "notifier", "catalog/scalar", "catalog/folder", "catalog/settings"},
	"reconciler/parallel":                        {},
	"reconciler/render":                          {"catalog", "reconciler/parallel", "reconciler/target", "catalog/settings"},
	"reconciler/judge":                           {"catalog", "catalog/secretscan", "catalog/ledger", "policies", "reconciler/comment", "reconciler/identity", "reconciler/impact", "reconciler/lifecycle", "reconciler/parallel", "reconciler/render", "reconciler/session", "reconciler/work", "catalog/scalar", "catalog/syntax", "catalog/ledger/chain", "catalog/settings"},
	"reconciler/check/formats":                   {"catalog", "policies", "reconciler/check"},
	"reconciler/check/fixture":                   {"catalog", "catalog/overlay", "catalog/secretscan", "policies"},
	"reconciler/check/history":                   {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "catalog/secretscan"},
	"reconciler/check":                           {"catalog", "catalog/secretscan", "policies", "reconciler/check/history", "reconciler/impact", "reconciler/lifecycle", "reconciler/parallel", "reconciler/render", "catalog/explain", "policies/advice", "policies/consistency", "catalog/settings"},
	"reconciler/work":                            {"catalog/ledger", "catalog/ledger/chain"},
	"reconciler/session":                         {"catalog", "catalog/gitrepo", "catalog/ledger", "catalog/syntax", "catalog/ledger/chain", "catalog/settings"},
	"reconciler/approval":                        {"catalog", "catalog/ledger", "policies", "reconciler/comment", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/session"},
	"reconciler/contain":                         {"catalog", "catalog/ledger", "reconciler/lifecycle", "reconciler/parallel", "reconciler/session", "reconciler/target", "reconciler/target/targettest", "reconciler/work", "catalog/guess", "catalog/settings"},
	"reconciler/deploy":                          {"catalog", "catalog/ledger", "reconciler/contain", "reconciler/judge", "reconciler/parallel", "reconciler/render", "reconciler/session", "reconciler/target", "reconciler/target/targettest", "reconciler/work", "catalog/ledger/chain", "catalog/settings"},
	"reconciler/status":                          {"catalog", "catalog/gitrepo", "catalog/ledger", "policies", "reconciler/judge", "reconciler/lifecycle", "reconciler/session", "reconciler/target", "catalog/ledger/chain", "catalog/gitrepo/sshkey", "catalog/settings"},
	"reconciler/thaw":                            {"catalog", "catalog/ledger", "reconciler/contain", "reconciler/judge", "reconciler/session", "catalog/ledger/chain"},
	"reconciler/rollback":                        {"catalog", "catalog/ledger", "policies", "reconciler/contain", "reconciler/judge", "reconciler/session"},
	"reconciler/rollout":                         {"catalog", "catalog/ledger", "catalog/ledger/chain", "reconciler/forge", "reconciler/judge", "reconciler/parallel", "reconciler/session", "reconciler/work", "catalog/settings"},
	"reconciler/landing":                         {"catalog", "catalog/gitrepo", "catalog/ledger", "policies", "reconciler/approval", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/parallel", "reconciler/propose", "reconciler/session", "catalog/ledger/chain"},
	"reconciler/propose":                         {"catalog", "catalog/ledger", "catalog/ledger/chain", "policies", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/lifecycle", "reconciler/parallel", "reconciler/session", "reconciler/work"},
	"reconciler/review":                          {"catalog/attest/attesttest", "catalog", "catalog/gitrepo", "catalog/ledger", "policies", "reconciler/approval", "reconciler/comment", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/lifecycle", "reconciler/parallel", "reconciler/propose", "reconciler/session", "reconciler/target", "reconciler/target/targettest", "reconciler/work", "catalog/ledger/chain", "catalog/settings"},
	"reconciler/edge":                            {"catalog/secretscan", "notifier", "reconciler/forge", "reconciler/target"},
	"reconciler/notice":                          {"catalog/ledger", "notifier", "reconciler/lifecycle", "reconciler/parallel", "reconciler/session", "reconciler/work"},
	"reconciler/replay":                          {"catalog", "catalog/gitrepo", "catalog/ledger", "catalog/ledger/chain", "policies"},
	"reconciler":                                 {"reconciler/api", "reconciler/edge", "reconciler/notice", "catalog", "catalog/secretscan", "catalog/gitrepo", "catalog/ledger", "policies", "notifier", "reconciler/contain", "reconciler/deploy", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/landing", "reconciler/lifecycle", "reconciler/parallel", "reconciler/propose", "reconciler/render", "reconciler/review", "reconciler/rollback", "reconciler/rollout", "reconciler/session", "reconciler/status", "reconciler/target", "reconciler/thaw", "reconciler/work", "catalog/scalar", "catalog/ledger/chain"},
	"reconciler/reconcilertest":                  {"reconciler/api", "reconciler/api/auth", "reconciler/replay", "catalog", "catalog/sandbox", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "catalog/ledger", "notifier", "notifier/notifiertest", "policies", "reconciler", "reconciler/contain", "reconciler/deploy", "reconciler/forge", "reconciler/forge/plaingit", "reconciler/judge", "reconciler/lifecycle", "reconciler/render", "reconciler/review", "reconciler/rollback", "reconciler/target", "reconciler/target/directory", "reconciler/thaw", "catalog/ledger/chain", "catalog/gitrepo/sshkey"},
	"cmd/levee/internal/exit":                    {},
	"cmd/levee/internal/memory":                  {},
	"cmd/levee/internal/terminal":                {"catalog/safetext", "notifier", "reconciler"},
	"cmd/levee/internal/output":                  {"catalog", "catalog/convert", "catalog/ledger", "catalog/ledger/chain", "catalog/safetext", "cmd/levee/internal/exit", "policies", "policies/rego", "reconciler", "reconciler/check", "reconciler/contain", "reconciler/impact", "reconciler/lifecycle", "reconciler/review"},
	"cmd/levee/internal/config":                  {"catalog", "catalog/gitrepo/sshkey", "catalog/ledger/chain", "cmd/levee/internal/exit"},
	"cmd/levee/internal/cluster":                 {"cmd/levee/internal/config", "cmd/levee/internal/exit", "cmd/levee/internal/output", "reconciler/target/kubernetes", "reconciler/target/kubernetes/admission", "reconciler/target/kubernetes/lease", "reconciler/target/kubernetes/rbac"},
	"cmd/levee/internal/catalogs":                {"catalog", "catalog/folder", "catalog/gitrepo", "catalog/guess", "cmd/levee/internal/config", "cmd/levee/internal/exit", "cmd/levee/internal/terminal", "reconciler/check", "catalog/overlay", "catalog/scalar", "catalog/syntax"},
	"cmd/levee/internal/intake":                  {"catalog", "catalog/folder", "catalog/overlay", "catalog/syntax", "catalog/convert", "cmd/levee/internal/exit", "policies", "policies/rego/oldrules"},
	"cmd/levee/internal/keys":                    {"catalog/gitrepo/sshkey", "cmd/levee/internal/config", "cmd/levee/internal/exit"},
	"cmd/levee/internal/skeleton":                {"catalog", "catalog/scalar", "cmd/levee/internal/exit", "cmd/levee/internal/keys", "cmd/levee/internal/terminal"},
	"cmd/levee/internal/upgrade":                 {"catalog", "catalog/folder", "cmd/levee/internal/exit", "cmd/levee/internal/newapp"},
	"cmd/levee/internal/newapp":                  {"catalog", "catalog/safetext", "catalog/folder", "catalog/guess", "catalog/scalar", "cmd/levee/internal/exit", "catalog/settings"},
	"cmd/levee/internal/plugins":                 {"catalog", "catalog/gitrepo", "catalog/gitrepo/sshkey", "cmd/levee/internal/config", "cmd/levee/internal/exit", "cmd/levee/internal/terminal", "notifier", "notifier/console", "notifier/slack", "reconciler", "reconciler/forge", "reconciler/forge/github", "reconciler/forge/plaingit", "reconciler/render", "reconciler/target", "reconciler/target/directory", "reconciler/target/kubernetes", "reconciler/target/kubernetes/admission", "reconciler/target/kubernetes/artefact", "reconciler/target/kubernetes/checkup", "reconciler/target/kubernetes/rbac", "catalog/settings"},
	"cmd/levee/internal/inbox":                   {"catalog/ledger/spool", "reconciler", "reconciler/forge"},
	"cmd/levee/internal/system":                  {"catalog", "catalog/gitrepo", "catalog/gitrepo/sshkey", "catalog/ledger/chain", "cmd/levee/internal/catalogs", "cmd/levee/internal/cluster", "cmd/levee/internal/config", "cmd/levee/internal/exit", "cmd/levee/internal/inbox", "cmd/levee/internal/intake", "cmd/levee/internal/keys", "cmd/levee/internal/plugins", "cmd/levee/internal/terminal", "policies", "reconciler", "reconciler/api", "reconciler/api/auth", "reconciler/forge", "reconciler/judge", "reconciler/render", "reconciler/replay", "reconciler/target/kubernetes", "reconciler/target/kubernetes/lease"},
	"cmd/levee/internal/doctor":                  {"catalog", "catalog/gitrepo", "catalog/gitrepo/sshkey", "catalog/ledger/chain", "cmd/levee/internal/catalogs", "cmd/levee/internal/cluster", "cmd/levee/internal/config", "cmd/levee/internal/exit", "cmd/levee/internal/inbox", "cmd/levee/internal/output", "cmd/levee/internal/plugins", "cmd/levee/internal/system", "cmd/levee/internal/terminal", "reconciler", "reconciler/session", "reconciler/api/auth", "reconciler/target", "catalog/settings"},
	"cmd/levee/internal/demo":                    {"catalog", "catalog/gitrepo", "catalog/gitrepo/sshkey", "cmd/levee/internal/exit", "cmd/levee/internal/output", "cmd/levee/internal/terminal", "reconciler/target/kubernetes"},
	"cmd/levee/install":                          {"catalog", "cmd/levee/internal/config", "cmd/levee/internal/exit", "reconciler/target/kubernetes/chart", "reconciler/target/kubernetes/resource"},
	"cmd/levee":                                  {"catalog", "catalog/attest/attesttest", "catalog/convert", "catalog/evidence", "catalog/folder", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "catalog/gitrepo/sshkey", "catalog/guess", "catalog/overlay", "catalog/ledger", "catalog/ledger/chain", "catalog/ledger/spool", "catalog/safetext", "catalog/sandbox", "catalog/scalar", "catalog/secretscan", "cmd/levee/install", "cmd/levee/internal/catalogs", "cmd/levee/internal/cluster", "cmd/levee/internal/config", "cmd/levee/internal/demo", "cmd/levee/internal/doctor", "cmd/levee/internal/exit", "cmd/levee/internal/inbox", "cmd/levee/internal/intake", "cmd/levee/internal/keys", "cmd/levee/internal/memory", "cmd/levee/internal/newapp", "cmd/levee/internal/output", "cmd/levee/internal/plugins", "cmd/levee/internal/skeleton", "cmd/levee/internal/system", "cmd/levee/internal/terminal", "notifier", "notifier/notifiertest", "policies", "policies/rego", "reconciler", "reconciler/check", "reconciler/check/fixture", "reconciler/check/formats", "reconciler/check/history", "reconciler/contain", "reconciler/deploy", "reconciler/forge/github/githubtest", "reconciler/forge/plaingit", "reconciler/lifecycle", "reconciler/reconcilertest", "reconciler/render", "reconciler/review", "reconciler/target", "reconciler/target/kubernetes", "reconciler/target/kubernetes/chart", "reconciler/target/kubernetes/kubetest", "catalog/settings", "cmd/levee/internal/upgrade"},
	"fixtures":                                   {},
	"reconciler/target/kubernetes/kubetest/with": {"reconciler/target/kubernetes/kubetest"},
}

// testWorld is wired of plug-ins, as the program is. The external tests of reconciler and of the
// packages right below it may import it and whatever is on its line, and nothing but tests may.
const testWorld = "reconciler/reconcilertest"

// inWorld reports whether the external tests of a package may use the world.
func inWorld(name string) bool {
	below, ok := strings.CutPrefix(name, "reconciler/")
	return name == "reconciler" || ok && !strings.Contains(below, "/")
}

// homes says where a library may be imported. A package below a home's path
// prefix is at home too.
var homes = map[string][]string{
	"github.com/go-git/":                      {"catalog/gitrepo"},
	"github.com/gofrs/flock":                  {"catalog/gitrepo"},
	"github.com/hiddeco/sshsig":               {"catalog/gitrepo"},
	"golang.org/x/crypto/":                    {"catalog/gitrepo", "catalog", "catalog/attest/attesttest"},
	"github.com/open-policy-agent/":           {"policies/rego", "policies/bundle"},
	"go.yaml.in/yaml/v3":                      {"catalog", "catalog/syntax", "catalog/schema", "catalog/explain", "catalog/dialect", "catalog/convert"},
	"sigs.k8s.io/yaml":                        {"cmd/levee", "reconciler/check/fixture", "reconciler/propose", "reconciler/render", "reconciler/target/kubernetes"},
	"github.com/gowebpki/jcs":                 {"catalog"},
	"github.com/CycloneDX/cyclonedx-go":       {"catalog/evidence"},
	"github.com/sigstore/":                    {"catalog/attest"},
	"github.com/secure-systems-lab/":          {"catalog/attest"},
	"google.golang.org/protobuf/":             {"catalog/attest"},
	"github.com/BurntSushi/toml":              {"catalog/secretscan"},
	"github.com/zricethezav/gitleaks":         {"catalog/secretscan"},
	"github.com/owenrumney/go-sarif":          {"reconciler/check/formats"},
	"github.com/agnivade/levenshtein":         {"catalog/guess"},
	"github.com/hashicorp/go-immutable-radix": {"catalog", "catalog/ledger/chain"},
	"github.com/hashicorp/golang-lru":         {"catalog/attest", "catalog/secretscan", "policies", "reconciler/forge/github", "reconciler/render"},
	"golang.org/x/text/":                      {"catalog/guess", "catalog/schema", "reconciler/target/kubernetes/chart"},
	"charm.land/":                             {"cmd/levee/internal/newapp"},
	"github.com/charmbracelet/":               {"cmd/levee"},
	"github.com/creack/pty":                   {"cmd/levee"},
	"github.com/fsnotify/fsnotify":            {"reconciler/target/directory"},
	"github.com/aymanbagabas/go-udiff":        {"cmd/levee", "reconciler/target"},
	"github.com/robfig/cron":                  {"reconciler/lifecycle"},
	"github.com/prometheus/client_golang":     {"reconciler"},
	"k8s.io/client-go/util/workqueue":         {"reconciler"},
	"k8s.io/client-go/":                       {"reconciler/target/kubernetes", "reconciler", "cmd/levee"},
	"k8s.io/api/":                             {"reconciler/target/kubernetes"},
	"k8s.io/pod-security-admission/":          {"reconciler/target/kubernetes/gate"},
	"helm.sh/helm/":                           {"reconciler/target/kubernetes/chart"},
	"github.com/fluxcd/":                      {"reconciler/target/kubernetes"},
	"github.com/santhosh-tekuri/jsonschema":   {"catalog", "cmd/levee", "policies", "reconciler/target/kubernetes/chart"},
	"k8s.io/apimachinery/":                    {"reconciler/target/kubernetes", "cmd/levee"},
	"github.com/google/go-github":             {"reconciler/forge/github"},
	"github.com/slack-go/slack":               {"notifier/slack"},
	"github.com/coreos/go-oidc":               {"reconciler/api/auth"},
	"github.com/go-jose/go-jose":              {"reconciler/api/auth"},
	"golang.org/x/time/":                      {"reconciler/api"},
	"github.com/getkin/kin-openapi":           {"reconciler/api", "reconciler/forge/github/githubtest"},
	"github.com/spf13/":                       {"cmd/levee"},
}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestHouse(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		checkPackage(t, p)
	}
}

func checkPackage(t *testing.T, p goPackage) {
	name := strings.TrimPrefix(p.ImportPath, module+"/")
	allowed, ok := house[name]
	if !ok {
		t.Errorf("package %s has no place in the house", name)
		return
	}
	if slices.Contains(p.Imports, module+"/"+testWorld) {
		t.Errorf("%s imports %s, which is for tests", name, testWorld)
	}
	beside := slices.Concat(p.Imports, p.TestImports)
	for _, path := range slices.Concat(beside, p.XTestImports) {
		may := allowed
		if inWorld(name) && !slices.Contains(beside, path) {
			may = slices.Concat(allowed, house[testWorld], []string{testWorld})
		}
		if own, ok := strings.CutPrefix(path, module+"/"); ok && own != name && !slices.Contains(may, own) {
			t.Errorf("%s imports %s", name, own)
		}
		for library, at := range homes {
			if strings.HasPrefix(path, library) && !slices.ContainsFunc(at, func(home string) bool { return name == home || strings.HasPrefix(name, home+"/") && home != "catalog" }) {
				t.Errorf("%s imports %s, whose home is %s", name, path, strings.Join(at, ", "))
			}
		}
	}
}
