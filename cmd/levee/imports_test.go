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
	"catalog":                            {},
	"catalog/gitrepo":                    {"catalog", "catalog/gitrepo/gitrepotest", "catalog/gitrepo/internal/packstore", "catalog/gitrepo/internal/remote", "catalog/gitrepo/internal/tree"},
	"catalog/gitrepo/internal/packstore": {"catalog", "catalog/gitrepo/gitrepotest"},
	"catalog/gitrepo/internal/remote":    {"catalog"},
	"catalog/gitrepo/internal/tree":      {"catalog", "catalog/gitrepo/internal/packstore"},
	"catalog/gitrepo/gitrepotest":        {"catalog", "catalog/gitrepo"},
	"catalog/ledger":                     {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest"},
	"policies/bundle":                    {},
	"policies":                           {"catalog", "policies/bundle"},
	"notifier":                           {},
	"notifier/notifiertest":              {"notifier"},
	"notifier/console":                   {"notifier", "notifier/notifiertest"},
	"notifier/slack":                     {"notifier", "notifier/notifiertest"},
	"reconciler/forge":                   {"catalog"},
	"reconciler/forge/forgetest":         {"catalog", "reconciler/forge"},
	"reconciler/forge/plaingit":          {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest"},
	"reconciler/forge/github":            {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest", "reconciler/forge/github/githubtest"},
	"reconciler/forge/github/githubtest": {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "reconciler/forge", "reconciler/forge/forgetest"},
	"reconciler/target":                  {"catalog", "reconciler/target/targettest"},
	"reconciler/target/targettest":       {"catalog", "reconciler/target"},
	"reconciler/target/expand":           {"catalog", "reconciler/target"},
	"reconciler/target/directory":        {"catalog", "reconciler/target", "reconciler/target/expand", "reconciler/target/targettest"},
	"reconciler/identity":                {"catalog", "catalog/gitrepo", "policies", "reconciler/forge"},
	"reconciler/comment":                 {"catalog", "policies", "reconciler/forge", "reconciler/identity", "reconciler/target"},
	"reconciler/lifecycle":               {"catalog", "catalog/ledger", "policies", "notifier"},
	"reconciler/parallel":                {},
	"reconciler/render":                  {"catalog", "reconciler/parallel", "reconciler/target"},
	"reconciler/judge":                   {"catalog", "catalog/ledger", "policies", "reconciler/comment", "reconciler/identity", "reconciler/lifecycle", "reconciler/parallel", "reconciler/render", "reconciler/session", "reconciler/work"},
	"reconciler/check":                   {"catalog", "policies", "reconciler/lifecycle", "reconciler/parallel", "reconciler/render"},
	"reconciler/work":                    {"catalog/ledger"},
	"reconciler/session":                 {"catalog", "catalog/gitrepo", "catalog/ledger"},
	"reconciler/approval":                {"catalog", "catalog/ledger", "policies", "reconciler/comment", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/session"},
	"reconciler/contain":                 {"catalog", "catalog/ledger", "reconciler/lifecycle", "reconciler/parallel", "reconciler/session", "reconciler/target", "reconciler/work"},
	"reconciler/deploy":                  {"catalog", "catalog/ledger", "reconciler/contain", "reconciler/judge", "reconciler/parallel", "reconciler/render", "reconciler/session", "reconciler/target", "reconciler/work"},
	"reconciler/status":                  {"catalog", "catalog/gitrepo", "catalog/ledger", "reconciler/judge", "reconciler/lifecycle", "reconciler/session", "reconciler/target"},
	"reconciler/rollback":                {"catalog", "catalog/ledger", "policies", "reconciler/contain", "reconciler/judge", "reconciler/session"},
	"reconciler/landing":                 {"catalog", "catalog/gitrepo", "catalog/ledger", "policies", "reconciler/approval", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/parallel", "reconciler/propose", "reconciler/session"},
	"reconciler/propose":                 {"catalog", "catalog/ledger", "policies", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/lifecycle", "reconciler/session"},
	"reconciler/review":                  {"catalog", "catalog/gitrepo", "catalog/ledger", "policies", "reconciler/approval", "reconciler/comment", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/lifecycle", "reconciler/parallel", "reconciler/propose", "reconciler/session", "reconciler/target", "reconciler/target/targettest", "reconciler/work"},
	"reconciler":                         {"catalog", "catalog/gitrepo", "catalog/ledger", "policies", "notifier", "reconciler/contain", "reconciler/deploy", "reconciler/forge", "reconciler/identity", "reconciler/judge", "reconciler/landing", "reconciler/lifecycle", "reconciler/parallel", "reconciler/propose", "reconciler/render", "reconciler/review", "reconciler/rollback", "reconciler/session", "reconciler/status", "reconciler/target", "reconciler/work"},
	"cmd/levee":                          {"catalog", "catalog/gitrepo", "catalog/gitrepo/gitrepotest", "catalog/ledger", "policies", "notifier", "notifier/console", "notifier/slack", "notifier/notifiertest", "reconciler", "reconciler/check", "reconciler/contain", "reconciler/deploy", "reconciler/judge", "reconciler/render", "reconciler/review", "reconciler/lifecycle", "reconciler/forge", "reconciler/forge/github", "reconciler/forge/github/githubtest", "reconciler/forge/plaingit", "reconciler/target", "reconciler/target/directory"},
	"fixtures":                           {},
}

// homes says where a library may be imported. A package below a home's path
// prefix is at home too.
var homes = map[string][]string{
	"github.com/go-git/":                      {"catalog/gitrepo"},
	"github.com/gofrs/flock":                  {"catalog/gitrepo"},
	"github.com/hiddeco/sshsig":               {"catalog/gitrepo"},
	"golang.org/x/crypto/":                    {"catalog/gitrepo", "catalog"},
	"github.com/open-policy-agent/":           {"policies"},
	"go.yaml.in/yaml/v3":                      {"catalog"},
	"sigs.k8s.io/yaml":                        {"cmd/levee", "reconciler/propose"},
	"github.com/gowebpki/jcs":                 {"catalog"},
	"github.com/agnivade/levenshtein":         {"catalog"},
	"github.com/hashicorp/go-immutable-radix": {"catalog", "catalog/ledger"},
	"github.com/hashicorp/golang-lru":         {"policies", "reconciler/forge/github", "reconciler/render"},
	"golang.org/x/text/":                      {"catalog"},
	"github.com/fsnotify/fsnotify":            {"reconciler/target/directory"},
	"github.com/aymanbagabas/go-udiff":        {"cmd/levee", "reconciler/target"},
	"github.com/robfig/cron":                  {"reconciler/lifecycle"},
	"github.com/prometheus/client_golang":     {"reconciler"},
	"k8s.io/client-go/util/workqueue":         {"reconciler"},
	"github.com/google/go-github":             {"reconciler/forge/github"},
	"github.com/slack-go/slack":               {"notifier/slack"},
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
	for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
		if own, ok := strings.CutPrefix(path, module+"/"); ok && own != name && !slices.Contains(allowed, own) {
			t.Errorf("%s imports %s", name, own)
		}
		for library, at := range homes {
			if strings.HasPrefix(path, library) && !slices.ContainsFunc(at, func(home string) bool { return name == home || strings.HasPrefix(name, home+"/") && home != "catalog" }) {
				t.Errorf("%s imports %s, whose home is %s", name, path, strings.Join(at, ", "))
			}
		}
	}
}
