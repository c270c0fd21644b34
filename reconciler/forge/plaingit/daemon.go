package plaingit

import (
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// daemon is in whose name changes land: what it signs with, and by which keys its commits are
// known.
type daemon struct {
	signer *sshkey.Signer // nil where it can only read
	keys   []sshkey.PublicKey
	as     gitrepo.Person
	now    func() time.Time
}

func newDaemon(o Options) *daemon {
	d := &daemon{signer: o.Signer, keys: slices.Clone(o.Keys), as: o.As, now: o.Now}
	if d.signer != nil {
		d.keys = append(d.keys, d.signer.Public())
	}
	return d
}

// has reports whether a key is the daemon's own.
func (d *daemon) has(key sshkey.PublicKey) bool { return slices.ContainsFunc(d.keys, key.Equal) }

// self is the daemon as it signs now.
func (d *daemon) self() gitrepo.Person {
	as := d.as
	as.When = d.now().UTC()
	return as
}

// signed reports whether the daemon signed a commit.
func (d *daemon) signed(c *gitrepo.CommitInfo) bool {
	_, err := c.Verify(d.keys)
	return err == nil
}
