package plaingit

import (
	"errors"
	"fmt"
	"log/slog"
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
	branches  *branches
	daemon    *daemon
	landings  *landings
	changes   *changes
	commits   *commits
	reviews   *reviews
	merges    *merges
	proposals *proposals
	journal   journal
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
	if o.As.Name == "" {
		o.As = gitrepo.Person{Name: "Levee", Email: "levee@localhost"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Forge{
		branches: &branches{o.Repo, o.Base, o.Prefix},
		daemon:   newDaemon(o),
		journal:  newJournal(o.Log),
	}
	f.landings = newLandings(f.branches, f.daemon)
	f.changes = &changes{f.branches, f.landings}
	f.commits = &commits{f.branches.repo, f.daemon}
	f.reviews = &reviews{f.branches, f.daemon}
	f.merges = &merges{f.changes, f.daemon, o.KeepBranches}
	f.proposals = &proposals{f.changes, f.daemon}
	return f, nil
}

// Can implements forge.Forge: there are no abilities beyond the core.
func (f *Forge) Can() map[forge.Ability]bool { return map[forge.Ability]bool{} }
