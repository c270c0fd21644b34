package doctor

import (
	"context"
	"strings"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/reconciler/api/auth"
)

// api looks whether the programs that may ask could.
func (d *doctor) api(ctx context.Context) {
	if _, err := system.Callers(d.Config, d.Std); err != nil {
		d.wrong("clients", "mend that in levee.yaml", "%v", err)
		return
	}
	for _, name := range config.Names(d.Config.API.Clients) {
		what, client := "client "+name, d.Config.API.Clients[name]
		may := "decide, read"
		if client.May != nil {
			may = strings.Join(client.May, ", ")
		}
		if client.Token == "" {
			d.well(what, "its tokens are signed by the provider; it may %s", may)
			continue
		}
		if tokens, err := auth.ReadTokens(client.Token); err != nil {
			d.wrong(what, "write a token there, as `openssl rand -hex 32` makes one", "%v", err)
		} else {
			d.well(what, "its file holds %s; it may %s", output.Plural(len(tokens), "token"), may)
		}
	}
	if p := d.Config.API.OIDC; p != nil {
		if err := (auth.Provider{Issuer: p.Issuer, Audience: p.Audience}).Discover(ctx); err != nil {
			d.unknown("provider", "look at api.oidc.issuer in levee.yaml, and at what is between here and there", "%v", err)
		} else {
			d.well("provider", "%s says where its keys are", p.Issuer)
		}
	}
}
