package system

import (
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/api/auth"
)

// Callers are the programs that the configuration lets ask the daemon; nil where it names none.
func Callers(c *config.Config, std terminal.IO) (*api.Options, error) {
	if c.API == nil {
		return nil, nil
	}
	switch {
	case c.Listen == "":
		return nil, exit.Usagef("api is set, and nothing listens for those who ask; set listen to an address such as \":8080\"")
	case len(c.API.Clients) == 0:
		return nil, exit.Usagef("api names no clients, so nobody could ask; name one, or leave api out")
	case c.API.PerMinute < 0:
		return nil, exit.Usagef("api.perMinute is %d; it must be positive", c.API.PerMinute)
	}
	o := auth.Options{Now: std.Now, Log: std.Log()}
	for _, name := range config.Names(c.API.Clients) {
		from := c.API.Clients[name]
		client := auth.Client{Name: name, TokenFile: from.Token, Subjects: from.Subjects, May: auth.Permissions}
		if from.May != nil {
			client.May = nil
			for _, word := range from.May {
				client.May = append(client.May, auth.Permission(word))
			}
		}
		o.Clients = append(o.Clients, client)
	}
	if p := c.API.OIDC; p != nil {
		o.Provider = &auth.Provider{Issuer: p.Issuer, Audience: p.Audience}
	}
	callers, err := auth.New(o)
	if err != nil {
		return nil, exit.Usagef("api: %w", err)
	}
	return &api.Options{Callers: callers, PerMinute: c.API.PerMinute}, nil
}
