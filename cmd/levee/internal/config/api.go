package config

// API says which programs may ask the daemon, and how often.
type API struct {
	Clients map[string]APIClient `json:"clients"` // by name
	// OIDC is the provider whose tokens count, for the subjects that clients list.
	OIDC *OIDC `json:"oidc"`
	// PerMinute is how many requests each client may make in a minute, 120 by default.
	PerMinute int `json:"perMinute"`
}

// APIClient is a program that may ask.
type APIClient struct {
	Token    string   `json:"token"`    // file with its token, one a line where there are several
	Subjects []string `json:"subjects"` // of tokens that the provider signed; one that ends in "*" stands for all that begin like it
	May      []string `json:"may"`      // read, decide; both by default
}

// OIDC is a provider that signs tokens.
type OIDC struct {
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
}

// resolve makes the paths absolute.
func (a *API) resolve(base string) {
	for name, c := range a.Clients {
		if c.Token != "" {
			c.Token = at(base, c.Token, "")
			a.Clients[name] = c
		}
	}
}
