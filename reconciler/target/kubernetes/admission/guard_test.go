package admission

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected manifests again")

// TestYAML: what is installed is what was read and approved here.
func TestYAML(t *testing.T) {
	for name, g := range map[string]Guard{
		"closed": {Inventory: "levee-system", Users: []string{"system:serviceaccount:levee-system:levee"}, Owned: Deny, Unlisted: Report},
		"open": {
			Inventory: "levee-two", Users: []string{"levee", "system:serviceaccount:levee-two:staging", "levee"},
			Groups: []string{"oncall"}, Owned: Report, Unlisted: Deny, Open: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := g.YAML()
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

// TestQuotes: a user's name cannot end the text in which it stands.
func TestQuotes(t *testing.T) {
	g := Guard{Inventory: "levee-system", Users: []string{`a" || true || "`}, Owned: Deny, Unlisted: Deny}
	got, err := g.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(got), `\" || true || \"`) {
		t.Errorf("it is\n%s", got)
	}
}
