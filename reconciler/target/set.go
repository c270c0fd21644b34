package target

import (
	"fmt"

	"github.com/levee-gitops/levee/catalog/settings"
)

// Set is the targets that the daemon's configuration has, by the name that settings use.
type Set map[string]Target

// Of is the target of an environment. The error says what is missing.
func (s Set) Of(env settings.Environment) (Target, error) {
	if t, ok := s[string(env.Target)]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("environment %s names the target %q, which the daemon's configuration does not have; add it below targets in levee.yaml", env.Name, env.Target)
}
