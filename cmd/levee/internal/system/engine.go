package system

import (
	"runtime/debug"
	"sync"

	"github.com/levee-gitops/levee/policies"
)

// Engine is the one engine of the process: compiling the rules costs more than
// asking them.
var Engine = sync.OnceValues(policies.NewEngine)

// EngineName says what decides, for the record.
func EngineName(e *policies.Engine) string {
	return "levee " + Release() + ", " + e.Name()
}

// Release is the version of this program: that of its module, where it was built
// from one.
func Release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
