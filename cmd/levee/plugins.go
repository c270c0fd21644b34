package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/console"
	"github.com/levee-gitops/levee/notifier/slack"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
	"github.com/levee-gitops/levee/reconciler/render"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
)

// The one list of plug-ins: a kind of the configuration, and how one is made. A
// new plug-in is a folder of its own, its conformance test, and a line here.
var (
	forges = map[string]forgeKind{
		"github":   {open: newGitHub, examine: examineGitHub},
		"plaingit": {open: newPlaingit},
	}
	targets = map[string]targetKind{
		"directory": {
			open:    func(_ string, c targetConfig) (target.Target, error) { return directory.New(c.Root) },
			renders: directory.Renderer{}, examine: examineDirectory,
		},
		"kubernetes": {open: newKubernetes, renders: &kubernetes.Renderer{}, print: artefact.Print, examine: examineKubernetes},
	}
	senders = map[string]senderKind{
		"console": {open: func(_ noticesConfig, std stdio) (notifier.Sender, error) { return console.New(std.err), nil }},
		"slack":   {open: newSlack, examine: examineSlack},
	}
)

// forgeKind is a kind of forge.
type forgeKind struct {
	open    func(forgeParts) (forge.Forge, error)
	examine func(context.Context, forge.Forge) target.Check // of its credentials; nil for one that has none of its own
}

// senderKind is a kind of sender.
type senderKind struct {
	open    func(noticesConfig, stdio) (notifier.Sender, error)
	examine func(context.Context, notifier.Sender) target.Check // of its credentials; nil for one that has none
}

// targetKind is a kind of target.
type targetKind struct {
	open    func(name string, c targetConfig) (target.Target, error)
	renders target.Renderer                                // nil for one that takes the runtime document as it is
	print   func(artefact json.RawMessage) ([]byte, error) // for people; nil for JSON
	examine func(context.Context, examined) []target.Check // for levee doctor
}

// forgeParts is what a forge may be made of.
type forgeParts struct {
	config *config
	repo   *gitrepo.Repo
	signer *sshkey.Signer     // nil for a forge that is only read
	keys   []sshkey.PublicKey // the daemon's keys of other days
	log    *slog.Logger
	std    stdio
}

func newPlaingit(p forgeParts) (forge.Forge, error) {
	return plaingit.New(plaingit.Options{
		Repo: p.repo, Base: p.config.Branch, Signer: p.signer, Keys: p.keys, Log: p.log, Now: p.std.now,
	})
}

// newGitHub acts as an App where one is configured, else with a token.
func newGitHub(p forgeParts) (forge.Forge, error) {
	c := p.config.Forge
	owner, name, _ := strings.Cut(c.Repository, "/")
	o := github.Options{Owner: owner, Repo: name, Base: p.config.Branch, URL: c.URL, Merge: c.Merge, Now: p.std.now, Sleep: p.std.sleep}
	switch {
	case c.App != nil:
		key, err := os.ReadFile(c.App.Key)
		if err != nil {
			return nil, fmt.Errorf("read the App's key: %w", err)
		}
		o.App = &github.App{ID: c.App.ID, Installation: c.App.Installation, Key: key}
	case secret("LEVEE_GITHUB_TOKEN") != "":
		o.Token = func(context.Context) (string, error) { return secret("LEVEE_GITHUB_TOKEN"), nil }
	default:
		return nil, usagef("forge github needs an app in the configuration, or a token in LEVEE_GITHUB_TOKEN")
	}
	return github.New(o)
}

// fileURL is where people edit a file of the catalog, on a forge that has such a
// place. The pages of a GitHub Enterprise server lie beside its interface.
func fileURL(c *config) func(path string) string {
	if c.Forge.Kind != "github" {
		return nil
	}
	site := "https://github.com"
	if c.Forge.URL != "" {
		site = strings.TrimSuffix(strings.TrimSuffix(c.Forge.URL, "/"), "/api/v3")
	}
	return func(path string) string {
		return site + "/" + c.Forge.Repository + "/edit/" + c.Branch + "/" + (&url.URL{Path: path}).EscapedPath()
	}
}

func newForge(p forgeParts) (forge.Forge, error) {
	kind, ok := forges[p.config.Forge.Kind]
	if !ok {
		return nil, usagef("forge.kind is %q; choose one of %s", p.config.Forge.Kind, kinds(forges))
	}
	return kind.open(p)
}

func newSlack(c noticesConfig, std stdio) (notifier.Sender, error) {
	if secret(slackToken) == "" {
		return nil, usagef("notices of kind slack need a token in %s", slackToken)
	}
	return slack.New(slack.Options{
		Token: func(context.Context) (string, error) { return secret(slackToken), nil }, URL: c.URL, Now: std.now,
	})
}

const slackToken = "LEVEE_SLACK_TOKEN"

func newKubernetes(_ string, c targetConfig) (target.Target, error) {
	config, err := kubernetes.Config(c.Kubeconfig, c.Context)
	if err != nil {
		return nil, err
	}
	return kubernetes.New(kubernetes.Options{Config: config, Namespace: c.Namespace, Impersonate: c.Impersonate, QPS: c.QPS})
}

// newSender makes the sender of notices; nil where none is configured.
func newSender(c noticesConfig, std stdio) (notifier.Sender, error) {
	if c.Kind == "" {
		return nil, nil
	}
	kind, ok := senders[c.Kind]
	if !ok {
		return nil, usagef("notices.kind is %q; choose one of %s", c.Kind, kinds(senders))
	}
	return kind.open(c, std)
}

func newTargets(c *config) (map[string]target.Target, error) {
	made := map[string]target.Target{}
	for name, tc := range c.Targets {
		kind, ok := targets[tc.Kind]
		if !ok {
			return nil, usagef("targets.%s.kind is %q; choose one of %s", name, tc.Kind, kinds(targets))
		}
		t, err := kind.open(name, tc)
		if err != nil {
			return nil, fmt.Errorf("open target %s: %w", name, err)
		}
		made[name] = t
	}
	return made, nil
}

// renderers are what renders for the targets of a configuration, by their name; none of
// them is opened for that.
func renderers(c *config) map[string]target.Renderer {
	all := map[string]target.Renderer{}
	for name, tc := range c.Targets {
		if r := targets[tc.Kind].renders; r != nil {
			all[name] = r
		}
	}
	return all
}

// renderingKinds render for every kind of target there is, for who has no configuration.
func renderingKinds(log *slog.Logger) []*render.Source {
	var all []*render.Source
	for _, name := range slices.Sorted(maps.Keys(targets)) {
		if r := targets[name].renders; r != nil {
			all = append(all, render.ForKind(name, r, log))
		}
	}
	return all
}

func kinds[T any](list map[string]T) string { return strings.Join(keys(list), ", ") }

func keys[T any](list map[string]T) []string { return slices.Sorted(maps.Keys(list)) }
