package reconcilertest

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/catalog/sandbox"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory"
)

// Main is TestMain of a package that uses worlds: it serves as the child that tries
// proposed rules, where a process under test starts it. The program is then the test.
func Main(m *testing.M) {
	sandbox.Dispatch(sandbox.Jobs{policies.TrialJob: policies.ServeTrial})
	os.Exit(m.Run())
}

// engines is the one engine of a test: compiling the rules costs more than asking them.
var engines = sync.OnceValues(policies.NewEngine)

var (
	renderers = map[string]target.Renderer{"directory": directory.Renderer{}}
	quiet     = slog.New(slog.DiscardHandler)
)

func (w *World) engine() *policies.Engine {
	w.T.Helper()
	e, err := engines()
	w.must(err)
	return e
}

func engineName(e *policies.Engine) string { return "levee test, " + e.Name() }

// Process is one run of the daemon, with all that it knows.
type Process struct {
	*reconciler.Reconciler
	Repo *gitrepo.Repo
	Log  *Log
}

// Close ends it.
func (p *Process) Close() { _ = p.Repo.Close() }

// Log is what a process logs.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Serve starts a process that stays, until it is closed or the test ends. What it left
// behind of its rest the next one goes on from.
func (w *World) Serve() *Process {
	w.T.Helper()
	p := w.start(func(o *reconciler.Options) {
		o.Resume, o.Wiring, o.Lead = filepath.Join(w.Dir, w.Data, "resume.json"), w.Wiring, w.Lead
		o.API = w.API
	})
	w.T.Cleanup(p.Close)
	return p
}

// Start starts a process for a few calls, until it is closed.
func (w *World) Start() *Process {
	w.T.Helper()
	return w.start(nil)
}

// start starts a process. The ledger is opened before the fetch: it remembers a tip that
// another process accepted, which what was fetched before need not contain.
func (w *World) start(more func(*reconciler.Options)) *Process {
	w.T.Helper()
	p := &Process{Repo: w.mirror(), Log: &Log{}}
	log := slog.New(slog.NewTextHandler(p.Log, nil))
	e := w.engine()
	daemon := w.Keys["daemon"].Signer
	l, err := chain.Open(p.Repo, chain.Options{Trust: w.trust, Signer: daemon, Engine: engineName(e), Cache: filepath.Join(w.Dir, w.Data, "ledger.witness")})
	w.must(err)
	if _, err := p.Repo.Fetch(w.T.Context()); err != nil {
		log.Warn("the repository cannot be reached", "error", err)
	}
	forge, err := plaingit.New(plaingit.Options{Repo: p.Repo, Base: "main", Signer: daemon, Keys: w.daemonKeys(l), Log: log, Now: w.Now})
	w.must(err)
	targets := target.Set{"directory": w.Target}
	if w.Target == nil {
		folder, err := directory.New(filepath.Join(w.Dir, "run"))
		w.must(err)
		targets["directory"] = folder
	}
	o := reconciler.Options{
		Repo: p.Repo, Ledger: l, Engine: e, Forge: forge, Targets: targets, Renderers: renderers, Sender: w.Sender,
		Branch: "main", Holder: w.Holder + "/" + rand.Text()[:8], Now: w.Now, Log: log, Intercept: w.Intercept,
		DriftEvery: w.DriftEvery, MergeWhenApproved: true,
	}
	if w.statuses != nil {
		o.Forge = showing{forge, w.statuses}
	}
	if more != nil {
		more(&o)
	}
	p.Reconciler = reconciler.New(o)
	return p
}

// mirror opens what the replica keeps of the repository, or a clone of it while another
// process works with that.
func (w *World) mirror() *gitrepo.Repo {
	w.T.Helper()
	o := gitrepo.Options{Dir: filepath.Join(w.Dir, w.Data, "mirror"), Remote: w.Remote.Dir, Intercept: w.Intercept}
	repo, err := gitrepo.Open(w.T.Context(), o)
	if err != nil {
		repo, err = gitrepo.OpenClone(w.T.Context(), o)
	}
	w.must(err)
	return repo
}

// daemonKeys are those that the ledger names and nobody revoked.
func (w *World) daemonKeys(l *chain.Ledger) []sshkey.PublicKey {
	w.T.Helper()
	view, err := l.Refresh(w.T.Context())
	if err != nil {
		return nil // there is none to read, in some stories
	}
	var list []sshkey.PublicKey
	for _, k := range view.Root().Keys {
		if key, err := sshkey.ParsePublicKey(k.Public); err == nil && k.To == 0 {
			list = append(list, key)
		}
	}
	return list
}
