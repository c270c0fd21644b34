package chain

import (
	"sync"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// Options say how a ledger is read and written. Trust is needed.
type Options struct {
	Trust

	// Signer signs what is appended; nil for a ledger that is only read.
	Signer *sshkey.Signer

	// Engine is what records say they were decided by: release, OPA version, digest
	// of the rule library.
	Engine string

	// Author is whom commits name, with the time of the record. The default is
	// "Levee <levee@localhost>".
	Author gitrepo.Person

	// Cache is the file that remembers the last accepted tip, as a witness and so
	// that a start verifies only what came after it. Empty for none. It may be
	// deleted at any time, which forgets the witness.
	Cache string
}

// Ledger reads and writes the ledger branch of one repository. Its methods are safe
// for concurrent use.
type Ledger struct {
	repo *gitrepo.Repo
	opts Options

	mu   sync.Mutex
	last *View      // the last that was accepted
	seen acceptance // what the cache file says

	opened catalog.Commit // what it said at first
}

// Open prepares reading and writing the ledger of a mirror. It reads nothing but
// the cache file; Refresh reads the ledger.
func Open(repo *gitrepo.Repo, opts Options) (*Ledger, error) {
	if err := opts.Trust.check(); err != nil {
		return nil, err
	}
	opts.Author = orLevee(opts.Author)
	l := &Ledger{repo: repo, opts: opts}
	var err error
	l.seen, err = readAcceptance(opts.Cache, opts.Trust)
	l.opened = l.seen.Tip
	return l, err
}

// Remembered is the tip that was accepted last on this machine before the ledger was
// opened, empty if none is known. An audit holds the ledger against it.
func (l *Ledger) Remembered() catalog.Commit { return l.opened }

func orLevee(p gitrepo.Person) gitrepo.Person {
	if p.Name == "" {
		return gitrepo.Person{Name: "Levee", Email: "levee@localhost"}
	}
	return p
}
