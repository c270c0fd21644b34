package main

import "github.com/levee-gitops/levee/cmd/levee/internal/plugins"

// kinds is the one list of plug-ins: a kind of the configuration, and how one is made. A
// new plug-in is a folder of its own, its conformance test, a file that makes one of it in
// internal/plugins, and a line here.
var kinds = plugins.Kinds{
	Forges: map[string]plugins.Forge{
		"github":   plugins.GitHub(),
		"plaingit": plugins.Plaingit(),
	},
	Targets: map[string]plugins.Target{
		"directory":  plugins.Directory(),
		"kubernetes": plugins.Kubernetes(),
	},
	Senders: map[string]plugins.Sender{
		"console": plugins.Console(),
		"slack":   plugins.Slack(),
	},
}
