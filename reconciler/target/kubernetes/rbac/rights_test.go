package rbac

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected roles again")

const daemon = "system:serviceaccount:levee-system:levee"

// TestYAML: what is granted is what was read and approved here.
func TestYAML(t *testing.T) {
	for name, r := range map[string]Rights{
		"itself": {Inventory: "levee-system", Daemon: daemon},
		"others": {
			Inventory: "levee-two", Daemon: "levee", Users: []string{"system:serviceaccount:levee-two:staging", "deployer", "deployer"}, Itself: true,
			Kinds: []string{"Rollout.argoproj.io", "ExternalSecret.external-secrets.io", "Deployment.apps"}, Resources: []string{"settings.example.com"},
		},
		"replicas":     {Inventory: "levee-system", Daemon: daemon, Lease: "levee"},
		"impersonated": {Inventory: "levee-system", Daemon: daemon, Users: []string{"system:serviceaccount:levee-system:staging"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := r.YAML()
			if err != nil {
				t.Fatal(err)
			}
			file := "testdata/" + name + ".yaml"
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v; run with -update and read it", err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("it is\n%s\nand %s says otherwise; run with -update and read what changes", got, file)
			}
		})
	}
}

// TestReasons: every kind that apps may have without any setting has a reason of its own.
func TestReasons(t *testing.T) {
	for _, kind := range builtIn() {
		if reasons[kind] == "" {
			t.Errorf("%s has no reason in reasons", kind)
		}
	}
}

// TestDocumented: the documentation lists each rule, with its reason.
func TestDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../../../docs/kubernetes.md")
	if err != nil {
		t.Fatal(err)
	}
	roles, err := Rights{Inventory: "levee-system", Daemon: daemon, Lease: "levee"}.Roles()
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		for _, rule := range role.Rules {
			what := "`" + rule.Resource.String() + "`"
			if len(rule.Names) > 0 {
				what += " `" + strings.Join(rule.Names, "`, `") + "`"
			}
			if role.Namespace != "" {
				what += " in `" + role.Namespace + "`"
			}
			if line := fmt.Sprintf("| %s | %s | %s |\n", what, strings.Join(rule.Verbs, ", "), rule.Reason); !strings.Contains(string(raw), line) {
				t.Errorf("the table in docs/kubernetes.md lacks the line\n%s", line)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"Rollout.argoproj.io": "rollouts.argoproj.io", "Policy.example.com": "policies.example.com", "Gateway.example.com": "gateways.example.com",
		"Service": "services", "IngressClass.example.com": "ingressclasses.example.com", "Box.example.com": "boxes.example.com", "Branch.example.com": "branches.example.com",
		"Settings.example.com": "give the resource instead", "rollout": "is not a kind", "Rollout argo": "is not a kind",
		"ClusterRole.rbac.authorization.k8s.io": "apps are given no rights", "Secret": "no secret may lie in the catalog", "Pod": "nothing would start it again",
	} {
		got, err := ParseKind(text)
		if said := fmt.Sprint(got, err); !strings.Contains(said, want) || (err == nil) != (got.String() == want) {
			t.Errorf("%s is %s, want %s", text, said, want)
		}
	}
	for text, want := range map[string]string{
		"settings.example.com": "settings.example.com", "services": "services",
		"secrets": "no secret may lie in the catalog", "roles.rbac.authorization.k8s.io": "apps are given no rights", "pods/exec": "is not a resource", "*": "is not a resource",
	} {
		got, err := ParseResource(text)
		if said := fmt.Sprint(got, err); !strings.Contains(said, want) || (err == nil) != (got.String() == want) {
			t.Errorf("%s is %s, want %s", text, said, want)
		}
	}
}
