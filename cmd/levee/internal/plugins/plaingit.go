package plugins

import (
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

// Plaingit is the forge plaingit, which has no credentials beside those of the repository.
func Plaingit() Forge { return Forge{Open: newPlaingit} }

func newPlaingit(p ForgeParts) (forge.Forge, error) {
	return plaingit.New(plaingit.Options{
		Repo: p.Repo, Base: p.Config.Branch, Signer: p.Signer, Keys: p.Keys, Log: p.Log, Now: p.Std.Now,
	})
}
