package plugins

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory"
)

// Directory is the target directory.
func Directory() Target {
	return Target{
		Open:    func(c config.Target) (target.Target, error) { return directory.New(c.Root) },
		Renders: directory.Renderer{}, Examine: examineDirectory,
	}
}

func examineDirectory(_ context.Context, of Examined) []target.Check {
	check := target.Check{What: "folder", State: target.CheckWell, Detail: of.Config.Root + " can be written to"}
	f, err := os.CreateTemp(of.Config.Root, ".levee-doctor-*")
	if err != nil {
		check = target.Check{What: "folder", State: target.CheckWrong, Detail: err.Error(), Remedy: "make it, and let the daemon's user write there; or name another with root in levee.yaml"}
		return []target.Check{check}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	checks := []target.Check{check}
	if len(of.Shares) > 0 {
		checks = append(checks, target.Check{
			What: "shares of replicas", State: target.CheckWarning, Detail: fmt.Sprintf("new content of %s is applied at once: a directory has no replicas", strings.Join(of.Shares, ", ")),
			Remedy: "leave `strategy` out in catalog.yaml, unless whoever runs the apps goes by it",
		})
	}
	return checks
}
