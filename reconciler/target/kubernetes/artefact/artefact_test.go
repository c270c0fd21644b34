package artefact

import (
	"encoding/json"
	"testing"

	"github.com/levee-gitops/levee/catalog/settings"
)

// TestThrottle: what cannot be read is left as little as the default says.
func TestThrottle(t *testing.T) {
	if got, one := Throttle(json.RawMessage(`{`)), (settings.Throttle{Replicas: 1}); got != one {
		t.Errorf("what cannot be read has the recipe %+v", got)
	}
}
