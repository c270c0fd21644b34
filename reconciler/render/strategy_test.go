package render

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// TestStrategy: how content comes to replicas in an environment is part of the runtime document there, and of what
// the render digest names; elsewhere, and where it comes to all at once, nothing changes.
func TestStrategy(t *testing.T) {
	rendered := func(environments string) (staging, production Rendering) {
		t.Helper()
		_, doc := governing(t)
		files := tree{"catalog.yaml": "apiVersion: levee.dev/v1\nkind: Catalog\nmetadata: {name: c}\nspec: {timeZone: UTC, environments: " + environments + "}\n"}
		s, err := catalog.Load(t.Context(), files, "", catalog.Empty())
		if err != nil || s.Settings() == nil {
			t.Fatalf("the settings cannot be read: %v, %+v", err, s.Document("catalog.yaml").Problems)
		}
		var out []Rendering
		for _, env := range s.Settings().Environments {
			r, err := app(s, doc, string(env.Name), nil)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		return out[0], out[1]
	}
	first, second := rendered("[{name: staging}, {name: production}]")
	staging, production := rendered("[{name: staging, strategy: all}, {name: production, strategy: {share: 20, for: 30m}}]")
	if staging.Digest != first.Digest || string(staging.Document) != string(first.Document) {
		t.Errorf("with all replicas at once it renders to %s", staging.Document)
	}
	if production.Digest == second.Digest || !strings.Contains(string(production.Document), `"strategy":{"for":1800,"share":20}`) {
		t.Errorf("with a share it renders to %s as %s", production.Document, production.Digest)
	}
	if _, longer := rendered("[{name: staging}, {name: production, strategy: {share: 20, for: 31m}}]"); longer.Digest == production.Digest {
		t.Error("another time of the share renders to the same digest")
	}
}
