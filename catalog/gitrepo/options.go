package gitrepo

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/mirror"
)

// Options say where the mirror is and what it mirrors. Dir and Remote are needed;
// the zero value of everything else is a sensible choice.
type Options struct {
	// Dir is the folder of the mirror. It is made if it does not exist, and
	// everything in it belongs to the mirror.
	Dir string

	// Remote is the repository that is mirrored: a local path, a file:// URL, or an
	// http:// or https:// URL. A name and password in a URL are used as credentials
	// if there is no Token or it is empty, and never shown.
	Remote string

	// Token returns the secret that HTTP requests carry, afresh for each exchange,
	// so that it may be short-lived. It is sent as the password of User and only to
	// the host of Remote. It may be called from several goroutines.
	Token func() (string, error)

	// User is the name that goes with Token, by default "x-access-token".
	User string

	// Refs are patterns of the refs to mirror, each with at most one star, which
	// also stands for slashes. The default is DefaultRefs.
	Refs []string

	// Client sends HTTP requests. Its transport and timeout are used; redirects are
	// followed for the first request of an exchange only, and credentials never
	// leave the origin of Remote. The default is http.DefaultTransport.
	Client *http.Client

	// IdleTimeout is how long an HTTP server may say nothing before an exchange with it is
	// given up, by default a minute. Git's own servers say something every few seconds.
	IdleTimeout time.Duration

	// MaxPacks is how many packs the mirror may have before it is built again beside
	// calls of Fetch, by default 96. Small packs are joined before that. With twice as many
	// the next Fetch builds it itself.
	MaxPacks int

	// MaxBytes is how many bytes the packs may grow beyond what they were when the
	// mirror was built, before it is built again beside calls of Fetch. The default is
	// three times what they were, and at least 1 GiB: what is pushed is stored whole, and
	// a rebuild takes the remote as long as a clone. With twice as much the next Fetch builds it
	// itself.
	MaxBytes int64

	// MaxFetch is how many bytes one fetch may bring, by default 4 GiB. A fetch that
	// brings more fails with catalog.ErrTooLarge and changes nothing; a change that
	// somebody asks for outside of branches and tags is left out of it instead.
	MaxFetch int64

	// Intercept, if it is set, is called in place of each push, with what moves and the
	// push itself. Tests stop there, as a crash would.
	Intercept func(what string, push func() error) error

	// CacheBytes bounds the objects kept in memory, by default 32 MiB.
	CacheBytes int64
}

// DefaultRefs covers branches, among them the ledger, tags, refs/levee/ and the
// heads of GitHub pull requests.
func DefaultRefs() []string {
	return []string{"refs/heads/*", "refs/tags/*", "refs/levee/*", "refs/pull/*/head"}
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" || o.Remote == "" {
		return o, fmt.Errorf("open a mirror: both a folder and a remote are needed")
	}
	o.User = cmp.Or(o.User, "x-access-token")
	o.IdleTimeout = cmp.Or(max(o.IdleTimeout, 0), time.Minute)
	o.MaxPacks = cmp.Or(max(o.MaxPacks, 0), 96)
	o.MaxFetch = cmp.Or(max(o.MaxFetch, 0), 4<<30)
	o.CacheBytes = cmp.Or(max(o.CacheBytes, 0), 32<<20)
	if len(o.Refs) == 0 {
		o.Refs = DefaultRefs()
	}
	for _, p := range o.Refs {
		if strings.Count(p, "*") > 1 || !mirror.ValidRef(strings.Replace(p, "*", "x", 1)) {
			return o, fmt.Errorf("open a mirror: %q is no pattern of refs", p)
		}
	}
	return o, nil
}

// ofMirror is what the mirror goes by; clone says that it is a clone.
func (o Options) ofMirror(clone bool) mirror.Options {
	return mirror.Options{
		Dir: o.Dir, Refs: o.Refs, Clone: clone, MaxPacks: o.MaxPacks, MaxBytes: o.MaxBytes, MaxFetch: o.MaxFetch, CacheBytes: o.CacheBytes,
	}
}
