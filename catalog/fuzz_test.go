package catalog

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
)

// seeds are the manifests of the test cases, and the full app.
func seeds(f *testing.F) {
	f.Add(fullApp)
	f.Add(smallApp)
	cases, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
}

// FuzzParse: whatever the bytes, the answer is a document: valid, with a digest, or
// with problems at places that exist.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		for _, p := range []string{"apps/finance/expense-submit/app.yaml", "roles.yaml", "catalog.yaml", "vendors/acme.yaml"} {
			d := Parse(p, "", []byte(src))
			if d.Valid() != (d.Digest() != "") {
				t.Fatalf("valid %v, digest %q", d.Valid(), d.Digest())
			}
			lines := strings.Count(src, "\n") + 1
			for _, problem := range d.Problems {
				if problem.Line < 0 || problem.Line > lines+1 || problem.Message == "" || problem.Remedy == "" {
					t.Fatalf("problem %+v of a file of %d lines", problem, lines)
				}
			}
			again := Parse(p, "", []byte(src))
			if again.Digest() != d.Digest() || len(again.Problems) != len(d.Problems) {
				t.Fatal("the same bytes were read in two ways")
			}
			d.Locate("spec.egress[x].y", "[", `["`, "spec[0]", "metadata.name")
		}
	})
}

// FuzzDigest: an app written again by another hand, in another layout, has the same
// digest.
func FuzzDigest(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		d := Parse("apps/finance/expense-submit/app.yaml", "", []byte(src))
		if !d.Valid() {
			return
		}
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(src), &node); err != nil {
			t.Fatalf("valid for us and not for YAML: %v", err)
		}
		plain(&node)
		again, err := yaml.Marshal(&node)
		if err != nil {
			t.Fatal(err)
		}
		other := Parse(d.Path, "", append([]byte("# written again\n"), again...))
		if other.Digest() != d.Digest() {
			t.Fatalf("written again, the digest is %s instead of %s: %+v\n%s", other.Digest(), d.Digest(), other.Problems, again)
		}
	})
}

// plain takes styles and comments off a node.
func plain(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if n.Kind != yaml.ScalarNode {
		n.Style = 0
	}
	for _, child := range n.Content {
		plain(child)
	}
}
