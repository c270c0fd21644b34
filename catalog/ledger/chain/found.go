package chain

import (
	"context"
	_ "embed" // the README of the branch
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
)

//go:embed branch.md
var readme []byte

// Founding is what a ledger starts from. All but Keep and Entries is needed.
type Founding struct {
	Branch     string           // of the ledger; DefaultBranch if empty
	Catalog    string           // the catalog's branch
	Main       catalog.Commit   // its tip, whose governance is admitted as it stands
	Governance catalog.Digest   // of that governance
	Key        sshkey.PublicKey // the daemon's
	Adopt      bool             // the entries adopt the apps that exist; otherwise they are held
	Now        time.Time
	Engine     string         // as in Options
	Author     gitrepo.Person // as in Options
	// Keep lists governance below AdmittedPath("", catalog.Governance), as
	// KeepGovernance gives it.
	Keep []catalog.Entry
	// Entries are recorded after the genesis, in the same push and signed by the root
	// key: the adoption or the holding of the apps that exist. Those of a kind stand
	// together; what is about one app keeps its order.
	Entries []ledger.Entry
}

// Init founds a ledger and returns its genesis, which has to be pinned together with
// the root key before anything reads it. It is done once, by a person who has the
// root key. A branch that exists is ErrExists, and nothing changes.
func Init(ctx context.Context, repo *gitrepo.Repo, f Founding, root *sshkey.Signer) (catalog.Commit, *View, error) {
	opts := Options{
		Trust:  Trust{Branch: f.Branch, Root: root.Public()},
		Engine: f.Engine, Author: orLevee(f.Author),
	}
	g := ledger.Genesis{
		Branch: f.Catalog, Main: f.Main, Governance: f.Governance,
		Root: root.Public().String(), Key: f.Key.String(), Adopt: f.Adopt,
	}
	if f.Catalog == "" || f.Main == "" || f.Governance == "" || g.Key == "" {
		return "", nil, errors.New("found a ledger: the catalog's branch, its tip, its governance and the daemon's key are needed")
	}
	if ledger.SameKey(g.Root, g.Key) {
		return "", nil, errors.New("found a ledger: the daemon's key must be another than the root key, which stays with people")
	}
	fail := func(err error) (catalog.Commit, *View, error) {
		return "", nil, fmt.Errorf("found a ledger on %s: %w", opts.branch(), err)
	}
	if _, err := repo.Tip(gitrepo.Branch(opts.branch())); err == nil {
		return fail(ErrExists)
	}
	var err error
	if g.Signature, err = signBody(ledger.KindGenesis, g, root); err != nil {
		return fail(err)
	}
	w, err := newWriter(ctx, repo, &View{apps: newStates()}, nil, root, opts)
	if err != nil {
		return fail(err)
	}
	if err := w.batch.Put(readmePath, catalog.File, readme); err != nil {
		return fail(err)
	}
	first := ledger.Entry{
		Kind: ledger.KindGenesis, Subject: ledger.SubjectLedger, Body: g, Keep: f.Keep,
		Sentence: fmt.Sprintf("Begin the ledger of %s at %s", f.Catalog, f.Main.Short()),
		Trailers: []ledger.Trailer{{Key: "Digest", Value: string(f.Governance)}, {Key: "Commit", Value: string(f.Main)}},
	}
	if err := w.writeAll(ctx, f.Now, []ledger.Entry{first}); err != nil {
		return fail(err)
	}
	genesis := w.batch.Tip()
	w.founds = true
	if err := w.writeAll(ctx, f.Now, byKind(f.Entries)); err != nil {
		return fail(err)
	}
	err = push(ctx, repo, w.batch, []gitrepo.Update{gitrepo.Advance(opts.branch(), "", w.batch.Tip())})
	if errors.Is(err, gitrepo.ErrStale) {
		return fail(ErrExists)
	}
	if err != nil {
		return fail(err)
	}
	return genesis, w.view(), nil
}

// byKind orders entries so that those of a kind about different subjects follow each
// other. What is about one subject keeps its order.
func byKind(entries []ledger.Entry) []ledger.Entry {
	type about struct {
		kind    ledger.Kind
		subject string
	}
	type turn struct {
		kind ledger.Kind
		nth  int // of the kind, about one subject
	}
	seen, place := map[about]int{}, map[turn]int{}
	var turns [][]ledger.Entry
	for _, e := range entries {
		a := about{e.Kind, e.Subject}
		t := turn{e.Kind, seen[a]}
		seen[a]++
		if _, known := place[t]; !known {
			place[t], turns = len(turns), append(turns, nil)
		}
		turns[place[t]] = append(turns[place[t]], e)
	}
	return slices.Concat(turns...)
}

// KeepGovernance lists what an admission of governance keeps: all of the catalog but
// its apps, in place of what was kept before.
func KeepGovernance(ctx context.Context, files catalog.Files) ([]catalog.Entry, error) {
	at := AdmittedPath("", catalog.Governance)
	entries, err := files.List(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("keep governance: %w", err)
	}
	keep := []catalog.Entry{{Path: at}}
	for _, e := range entries {
		switch e.Mode {
		case catalog.File, catalog.Executable, catalog.Folder:
			if strings.TrimSuffix(e.Path, "/") != "apps" {
				e.Path = at + "/" + e.Path
				keep = append(keep, e)
			}
		}
	}
	return keep, nil
}

// Beginning is the first commit of the ledger that the mirror has, if the root key signed
// it: what has to be pinned. It says nothing of what came after.
func Beginning(ctx context.Context, repo *gitrepo.Repo, branch string, root sshkey.PublicKey) (catalog.Commit, error) {
	trust := Trust{Branch: branch}
	fail := func(err error) (catalog.Commit, error) {
		return "", fmt.Errorf("find the beginning of %s: %w", trust.branch(), err)
	}
	tip, err := repo.Tip(gitrepo.Branch(trust.branch()))
	if err != nil {
		return fail(fmt.Errorf("%w; found the ledger with `levee ledger init`", err))
	}
	line, err := repo.FirstParents(ctx, "", catalog.Commit(tip))
	if err != nil {
		return fail(err)
	}
	first, err := repo.Commit(ctx, line[0])
	if err != nil {
		return fail(err)
	}
	if _, err := first.Verify([]sshkey.PublicKey{root}); err != nil {
		return fail(fmt.Errorf("its first commit %s was not signed by the root key %s: %w", line[0].Short(), root.Fingerprint(), err))
	}
	return line[0], nil
}
