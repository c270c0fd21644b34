package chain

import (
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

// TestKeep covers where records may keep files, and where not.
func TestKeep(t *testing.T) {
	for _, path := range []string{"admitted/production/" + fan("a") + "a", "admitted/production/" + fan("a") + "a/x/y"} {
		if err := checkKeep("a", path); err != nil {
			t.Error(err)
		}
	}
	for _, path := range []string{
		"admitted", "admitted/", "admitted/production", "admitted/production/" + fan("a"), "admitted/production/" + fan("a") + "ab",
		"admitted/governance/" + fan("a") + "a", "admitted/../" + fan("a") + "a", "state.json", "",
	} {
		if checkKeep("a", path) == nil {
			t.Errorf("a may keep %s", path)
		}
	}
	if checkKeep(catalog.Governance, "admitted/governance/x") != nil || checkKeep(catalog.Governance, "admitted/governancex") == nil || checkKeep("governance", "admitted/governance/x") == nil {
		t.Error("governance keeps the wrong paths")
	}
}
