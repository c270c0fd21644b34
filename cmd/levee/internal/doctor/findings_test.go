package doctor

import (
	"bytes"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/plugins"
)

// TestDoctorWarns: what works, and not as the catalog asks for it, is a warning with what to do, and no no.
func TestDoctorWarns(t *testing.T) {
	var f Findings
	f.about("target directory")
	f.add(plugins.Directory().Examine(t.Context(), plugins.Examined{Config: config.Target{Root: t.TempDir()}, Shares: []string{"staging", "production"}})...)
	var out bytes.Buffer
	f.Write(&out)
	for _, want := range []string{"  warning  shares of replicas: new content of staging, production is applied at once: a directory has no replicas\n           to do: ", "1 well, 0 wrong, 0 could not be told, 1 warning\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q, but\n%s", want, &out)
		}
	}
	if err := f.Verdict(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if checks := plugins.Directory().Examine(t.Context(), plugins.Examined{Config: config.Target{Root: t.TempDir()}}); len(checks) != 1 {
		t.Errorf("where no share is asked for it finds %+v", checks)
	}
}
