package plaingit

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Options say where changes are and in whose name they land. Repo is needed; the
// zero value of everything else is a sensible choice.
type Options struct {
	// Repo is the mirror that facts are read from and pushes go through. It stays
	// the caller's, who fetches and closes it.
	Repo *gitrepo.Repo

	// Base is the branch that all changes are for, by default the remote's default
	// branch.
	Base string

	// Prefix is what the names of changes start with, by default "publish/". It ends
	// in a slash.
	Prefix string

	// Signer signs what the daemon lands and proposes. Without one this forge can
	// only be read.
	Signer *sshkey.Signer

	// Keys are the daemon's keys of other days: landings signed by them are
	// believed as well as those by Signer.
	Keys []sshkey.PublicKey

	// As is the daemon's name in commits, by default "Levee <levee@localhost>". Its
	// time is not used.
	As gitrepo.Person

	// KeepBranches leaves the branch of a change that landed. By default it is
	// deleted in the same push.
	KeepBranches bool

	// Log is told of what is below the prefixes and means nothing, each once.
	Log *slog.Logger

	// Now is the clock, by default the machine's.
	Now func() time.Time
}

// Forge is a forge.Forge on a repository. It is safe for concurrent use.
type Forge struct {
	repo   *gitrepo.Repo
	base   string
	prefix string
	signer *sshkey.Signer
	keys   []sshkey.PublicKey // whose landings are believed
	as     gitrepo.Person
	keep   bool
	now    func() time.Time

	landings landings
	journal  journal
}

var _ forge.Forge = (*Forge)(nil)

// New makes a forge from a mirror. It reads nothing yet.
func New(o Options) (*Forge, error) {
	if o.Repo == nil {
		return nil, errors.New("use plain git as forge: there is no repository")
	}
	if o.Base == "" {
		o.Base = branchName(o.Repo.Head())
	}
	if o.Base == "" {
		return nil, errors.New("use plain git as forge: the remote has no default branch, so name the base branch")
	}
	if o.Prefix == "" {
		o.Prefix = "publish/"
	}
	if !strings.HasSuffix(o.Prefix, "/") || !plainName(strings.TrimSuffix(o.Prefix, "/")) {
		return nil, fmt.Errorf("use plain git as forge: %q cannot start the names of branches; it should be like \"publish/\"", o.Prefix)
	}
	if strings.HasPrefix(o.Base, o.Prefix) {
		return nil, fmt.Errorf("use plain git as forge: the base branch %q would be a change; choose another prefix than %q", o.Base, o.Prefix)
	}
	f := &Forge{
		repo: o.Repo, base: o.Base, prefix: o.Prefix, signer: o.Signer, keys: slices.Clone(o.Keys),
		as: o.As, keep: o.KeepBranches, now: o.Now,
		landings: newLandings(), journal: newJournal(o.Log),
	}
	if f.signer != nil {
		f.keys = append(f.keys, f.signer.Public())
	}
	if f.as.Name == "" {
		f.as = gitrepo.Person{Name: "Levee", Email: "levee@localhost"}
	}
	if f.now == nil {
		f.now = time.Now
	}
	return f, nil
}

// Can implements forge.Forge: there are no abilities beyond the core.
func (f *Forge) Can() map[forge.Ability]bool { return map[forge.Ability]bool{} }

// daemon reports whether a key is the daemon's own.
func (f *Forge) daemon(key sshkey.PublicKey) bool { return slices.ContainsFunc(f.keys, key.Equal) }

// self is the daemon as it signs now.
func (f *Forge) self() gitrepo.Person {
	as := f.as
	as.When = f.now().UTC()
	return as
}
