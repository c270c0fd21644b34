package config

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Config is the operator's file, levee.yaml. It lies outside the catalog: it pins
// what the catalog itself could otherwise talk its way out of.
type Config struct {
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
	Ledger Ledger `json:"ledger"`
	// Forge is where changes are asked for and reviewed.
	Forge Forge `json:"forge"`
	// Targets are where apps run, by the names that catalog.yaml uses.
	Targets map[string]Target `json:"targets"`
	// Lease has replicas agree on one of them that begins passes; nil for each of them.
	Lease *Lease `json:"lease"`
	// Notices says how people are told what happens to their apps. Without it nobody
	// is, and so the scheduled reviews take nothing down.
	Notices Notices `json:"notices"`
	// Poll is how often the repository is looked at, 15s by default.
	Poll Duration `json:"poll"`
	// Read is how often an open change is read in full although nothing told that it
	// moved, 15m by default.
	Read Duration `json:"read"`
	// Drift is how often targets are looked at, 60s by default.
	Drift Duration `json:"drift"`
	// API names the programs that may ask the daemon; nil for none.
	API *API `json:"api"`
	// Listen is the address of /healthz, /readyz, /webhook and /v1/; empty for none.
	Listen string `json:"listen"`
	// Metrics is the address of /metrics, which need not be as public; empty for none.
	Metrics string `json:"metrics"`
	// MergeWhenApproved says who lands a change once nothing is missing: the
	// daemon (true, the default for plaingit), or people.
	MergeWhenApproved *bool `json:"mergeWhenApproved"`

	text []byte // of the file
}

// Lease says where the Lease lies by which replicas agree.
type Lease struct {
	Target string `json:"target"` // of kind kubernetes, by default the only one: in its cluster, beside its inventories
}

// Ledger pins the root of trust.
type Ledger struct {
	Branch  string         `json:"branch"` // levee/ledger by default
	Genesis catalog.Commit `json:"genesis"`
	Root    string         `json:"root"` // public key
}

// Forge names the forge, and what it needs.
type Forge struct {
	Kind string `json:"kind"` // plaingit by default, or github

	// Of kind github: owner/name, the interface's address for GitHub Enterprise,
	// how changes land (merge, squash, rebase), the App to act as, or else the
	// token in LEVEE_GITHUB_TOKEN; and the file of the webhook's secret.
	Repository string `json:"repository"`
	URL        string `json:"url"`
	Merge      string `json:"merge"`
	App        *App   `json:"app"`
	Webhook    string `json:"webhookSecret"`
}

// App is the GitHub App that the daemon acts as.
type App struct {
	ID           int64  `json:"id"`
	Installation int64  `json:"installation"`
	Key          string `json:"key"` // file of the private key
}

// Notices names the sender of notices. A sender of kind slack takes its token
// from LEVEE_SLACK_TOKEN.
type Notices struct {
	Kind string `json:"kind"` // console or slack
	URL  string `json:"url"`  // of kind slack: where its interface is, for a workspace that has its own
}

// Target names a kind of target, and what it needs.
type Target struct {
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

// Duration is a length of time in Go's notation: "15s".
type Duration time.Duration

// UnmarshalJSON reads a duration such as "15s".
func (d *Duration) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if len(text) < 2 || text[0] != '"' {
		return fmt.Errorf("%s is no length of time; write it as in \"15s\"", text)
	}
	parsed, err := time.ParseDuration(text[1 : len(text)-1])
	if err != nil || parsed <= 0 {
		return fmt.Errorf("%s is no length of time; write it as in \"15s\"", text)
	}
	*d = Duration(parsed)
	return nil
}

// Read reads levee.yaml. Paths in it are relative to its folder.
func Read(name string) (*Config, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, exit.Usagef("read the configuration: %w; name it with --config", err)
	}
	c := &Config{Branch: "main", Poll: Duration(15 * time.Second), Drift: Duration(time.Minute), Forge: Forge{Kind: "plaingit"}}
	if err := yaml.UnmarshalStrict(raw, c); err != nil {
		return nil, exit.Usagef("read the configuration %s: %w", name, err)
	}
	c.text = raw
	base, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	c.Data = at(base, c.Data, "data")
	c.Key = at(base, c.Key, "levee.key")
	if c.Repository == "" {
		return nil, exit.Usagef("the configuration %s names no repository", name)
	}
	if !IsURL(c.Repository) {
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
	if c.API != nil {
		c.API.resolve(base)
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

// Wiring names what a daemon is made of: the program, the rules that come with it,
// and the configuration. What differs in any of them may judge or apply otherwise.
func (c *Config) Wiring(engine string) string {
	parts := []string{engine, string(c.text)}
	if program, err := os.Executable(); err == nil {
		parts = append(parts, program)
		if info, err := os.Stat(program); err == nil {
			parts = append(parts, fmt.Sprint(info.Size(), info.ModTime().UnixNano()))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))
}

// Trust is the pinned root of the ledger.
func (c *Config) Trust() (chain.Trust, error) {
	if c.Ledger.Genesis == "" || c.Ledger.Root == "" {
		return chain.Trust{}, exit.Usagef("the configuration pins no ledger; found one with `levee ledger init` and copy what it prints")
	}
	root, err := sshkey.ParsePublicKey(c.Ledger.Root)
	if err != nil {
		return chain.Trust{}, exit.Usagef("ledger.root: %w", err)
	}
	return chain.Trust{Branch: c.Ledger.Branch, Genesis: c.Ledger.Genesis, Root: root}, nil
}

// Text is the configuration as it is written.
func (c *Config) Text() string { return string(c.text) }

// WithLease is the configuration with a line more, by which replicas agree on one that leads beside
// the inventories of a target.
func (c *Config) WithLease(target string) *Config {
	with := *c
	with.Lease = &Lease{Target: target}
	with.text = fmt.Appendf(bytes.TrimRight(c.text, "\n"), "\nlease: {target: %s}\n", target)
	return &with
}

// Default is the file of the configuration where no other is named.
const Default = "levee.yaml"

// Flag adds --config to a command that works on a running system.
func Flag(cmd *cobra.Command) *string {
	return cmd.Flags().String("config", Default, "the operator's configuration")
}

// IsURL reports whether a repository is named by an address, and not by a path.
func IsURL(where string) bool { return strings.Contains(where, "://") }
