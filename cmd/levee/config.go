package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// config is the operator's file, levee.yaml. It lies outside the catalog: it pins
// what the catalog itself could otherwise talk its way out of.
type config struct {
	// Repository is the catalog's Git repository: a path or an https URL. The
	// environment variable LEVEE_GIT_TOKEN holds the token for HTTPS, if any.
	Repository string `json:"repository"`
	// Branch is the catalog's branch, main by default.
	Branch string `json:"branch"`
	// Data is the folder for the mirror, the cache and the spool.
	Data string `json:"data"`
	// Key is the file of the daemon's private SSH key, which signs the ledger.
	Key string `json:"key"`
	// Holder names this replica in claims, host name by default. Each process adds
	// something of its own.
	Holder string `json:"holder"`
	// Ledger pins the root of trust; `levee ledger init` prints it.
	Ledger ledgerConfig `json:"ledger"`
	// Forge is where changes are asked for and reviewed.
	Forge forgeConfig `json:"forge"`
	// Targets are where apps run, by the names that catalog.yaml uses.
	Targets map[string]targetConfig `json:"targets"`
	// Lease has replicas agree on one of them that begins passes; nil for each of them.
	Lease *leaseConfig `json:"lease"`
	// Notices says how people are told what happens to their apps. Without it nobody
	// is, and so the scheduled reviews take nothing down.
	Notices noticesConfig `json:"notices"`
	// Poll is how often the repository is looked at, 15s by default.
	Poll duration `json:"poll"`
	// Read is how often an open change is read in full although nothing told that it
	// moved, 15m by default.
	Read duration `json:"read"`
	// Drift is how often targets are looked at, 60s by default.
	Drift duration `json:"drift"`
	// Listen is the address of /healthz, /readyz and /webhook; empty for none.
	Listen string `json:"listen"`
	// Metrics is the address of /metrics, which need not be as public; empty for none.
	Metrics string `json:"metrics"`
	// MergeWhenApproved says who lands a change once nothing is missing: the
	// daemon (true, the default for plaingit), or people.
	MergeWhenApproved *bool `json:"mergeWhenApproved"`

	text []byte // of the file
}

// leaseConfig says where the Lease lies by which replicas agree.
type leaseConfig struct {
	Target string `json:"target"` // of kind kubernetes, by default the only one: in its cluster, beside its inventories
}

type ledgerConfig struct {
	Branch  string         `json:"branch"` // levee/ledger by default
	Genesis catalog.Commit `json:"genesis"`
	Root    string         `json:"root"` // public key
}

type forgeConfig struct {
	Kind string `json:"kind"` // plaingit by default, or github

	// Of kind github: owner/name, the interface's address for GitHub Enterprise,
	// how changes land (merge, squash, rebase), the App to act as, or else the
	// token in LEVEE_GITHUB_TOKEN; and the file of the webhook's secret.
	Repository string     `json:"repository"`
	URL        string     `json:"url"`
	Merge      string     `json:"merge"`
	App        *appConfig `json:"app"`
	Webhook    string     `json:"webhookSecret"`
}

type appConfig struct {
	ID           int64  `json:"id"`
	Installation int64  `json:"installation"`
	Key          string `json:"key"` // file of the private key
}

// noticesConfig names the sender of notices. A sender of kind slack takes its token
// from LEVEE_SLACK_TOKEN.
type noticesConfig struct {
	Kind string `json:"kind"` // console or slack
	URL  string `json:"url"`  // of kind slack: where its interface is, for a workspace that has its own
}

type targetConfig struct {
	Kind string `json:"kind"` // directory or kubernetes
	Root string `json:"root"` // of kind directory: the folder

	// Of kind kubernetes: how the cluster is reached, as kubectl would where they are left out.
	Kubeconfig string `json:"kubeconfig"`
	Context    string `json:"context"`
	// Namespace is where the inventories lie, levee-system by default.
	Namespace string `json:"namespace"`
	// Impersonate has the daemon act as another user in an environment.
	Impersonate map[string]string `json:"impersonate"`
	// QPS bounds the requests a second, 50 by default.
	QPS float32 `json:"qps"`
}

// duration is a length of time in Go's notation: "15s".
type duration time.Duration

// UnmarshalJSON reads a duration such as "15s".
func (d *duration) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if len(text) < 2 || text[0] != '"' {
		return fmt.Errorf("%s is no length of time; write it as in \"15s\"", text)
	}
	parsed, err := time.ParseDuration(text[1 : len(text)-1])
	if err != nil || parsed <= 0 {
		return fmt.Errorf("%s is no length of time; write it as in \"15s\"", text)
	}
	*d = duration(parsed)
	return nil
}

// readConfig reads levee.yaml. Paths in it are relative to its folder.
func readConfig(name string) (*config, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, usagef("read the configuration: %w; name it with --config", err)
	}
	c := &config{Branch: "main", Poll: duration(15 * time.Second), Drift: duration(time.Minute), Forge: forgeConfig{Kind: "plaingit"}}
	if err := yaml.UnmarshalStrict(raw, c); err != nil {
		return nil, usagef("read the configuration %s: %w", name, err)
	}
	c.text = raw
	base, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	c.Data = at(base, c.Data, "data")
	c.Key = at(base, c.Key, "levee.key")
	if c.Repository == "" {
		return nil, usagef("the configuration %s names no repository", name)
	}
	if !isURL(c.Repository) {
		c.Repository = at(base, c.Repository, "")
	}
	if c.Forge.App != nil {
		c.Forge.App.Key = at(base, c.Forge.App.Key, "github-app.pem")
	}
	if c.Forge.Webhook != "" {
		c.Forge.Webhook = at(base, c.Forge.Webhook, "")
	}
	for name, t := range c.Targets {
		t.Root = at(base, t.Root, name)
		if t.Kubeconfig != "" {
			t.Kubeconfig = at(base, t.Kubeconfig, "")
		}
		c.Targets[name] = t
	}
	if c.Holder == "" {
		if c.Holder, err = os.Hostname(); err != nil {
			c.Holder = "levee"
		}
	}
	// A claim is held by one process: after a restart it is somebody else's.
	c.Holder = fmt.Sprintf("%s/%s", c.Holder, rand.Text()[:8])
	return c, nil
}

func at(base, path, otherwise string) string {
	if path == "" {
		path = otherwise
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

// wiring names what a daemon is made of: the program, the rules that come with it,
// and the configuration. What differs in any of them may judge or apply otherwise.
func (c *config) wiring(engine string) string {
	parts := []string{engine, string(c.text)}
	if program, err := os.Executable(); err == nil {
		parts = append(parts, program)
		if info, err := os.Stat(program); err == nil {
			parts = append(parts, fmt.Sprint(info.Size(), info.ModTime().UnixNano()))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))
}

// trust is the pinned root of the ledger.
func (c *config) trust() (chain.Trust, error) {
	if c.Ledger.Genesis == "" || c.Ledger.Root == "" {
		return chain.Trust{}, usagef("the configuration pins no ledger; found one with `levee ledger init` and copy what it prints")
	}
	root, err := sshkey.ParsePublicKey(c.Ledger.Root)
	if err != nil {
		return chain.Trust{}, usagef("ledger.root: %w", err)
	}
	return chain.Trust{Branch: c.Ledger.Branch, Genesis: c.Ledger.Genesis, Root: root}, nil
}

// opening is how a mirror is opened: gitrepo.Open by the one process that serves, or
// beside it.
type opening func(context.Context, gitrepo.Options) (*gitrepo.Repo, error)

// openMirror opens the mirror of the catalog as it was when it was last fetched, or
// makes one.
func (c *config) openMirror(ctx context.Context, std stdio, open opening) (*gitrepo.Repo, error) {
	return open(ctx, gitrepo.Options{
		Dir: filepath.Join(c.Data, "mirror"), Remote: c.Repository,
		Token: func() (string, error) { return secret("LEVEE_GIT_TOKEN"), nil }, Intercept: std.intercept,
	})
}

// beside opens a mirror, or a clone of it while the daemon works with it.
func beside(ctx context.Context, o gitrepo.Options) (*gitrepo.Repo, error) {
	repo, err := gitrepo.Open(ctx, o)
	if errors.Is(err, gitrepo.ErrLocked) {
		return gitrepo.OpenClone(ctx, o)
	}
	return repo, err
}

// lockPatience is how long a daemon that starts waits for its mirror: a command that was there first
// holds it for a moment.
const lockPatience = 5 * time.Second

// patiently opens a mirror for the one process that serves.
func patiently(ctx context.Context, o gitrepo.Options) (*gitrepo.Repo, error) {
	for end := time.Now().Add(lockPatience); ; {
		repo, err := gitrepo.Open(ctx, o)
		if !errors.Is(err, gitrepo.ErrLocked) || time.Now().After(end) {
			return repo, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
