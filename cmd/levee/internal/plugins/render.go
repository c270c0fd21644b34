package plugins

import (
	"log/slog"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Renderers are what renders for the targets of a configuration, by their name; none of
// them is opened for that.
func (k Kinds) Renderers(c *config.Config) map[string]target.Renderer {
	all := map[string]target.Renderer{}
	for name, tc := range c.Targets {
		if r := k.Targets[tc.Kind].Renders; r != nil {
			all[name] = r
		}
	}
	return all
}

// Rendering renders for every kind of target there is, for who has no configuration.
func (k Kinds) Rendering(log *slog.Logger) []*render.Source {
	var all []*render.Source
	for _, name := range config.Names(k.Targets) {
		if r := k.Targets[name].Renders; r != nil {
			all = append(all, render.ForKind(name, r, log))
		}
	}
	return all
}
