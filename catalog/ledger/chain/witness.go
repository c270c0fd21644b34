package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// A Witness is a tip of the ledger that somebody remembers who does not get it from
// the repository: what does not contain it was cut or rewritten.
type Witness struct {
	Where string         `json:"where"` // who remembers it, for people: "the target production"
	Tip   catalog.Commit `json:"tip"`
	// Seq is the number of the record that is the tip, zero if the ledger does not
	// contain it. What was recorded after it, it says nothing of. Verify sets it.
	Seq int64 `json:"seq"`
}

// acceptance is the accepted tip as a file remembers it, outside the repository.
type acceptance struct {
	Genesis catalog.Commit `json:"genesis"`
	Root    string         `json:"root"` // fingerprint of the key it was accepted under
	Tip     catalog.Commit `json:"tip"`
	Seq     int64          `json:"seq"`
}

// readAcceptance reads the cache file. A file that is missing, garbled or about
// another ledger is none: the file is cache.
func readAcceptance(name string, trust Trust) (acceptance, error) {
	if name == "" {
		return acceptance{}, nil
	}
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return acceptance{}, nil
	}
	if err != nil {
		return acceptance{}, fmt.Errorf("read the accepted tip of the ledger: %w", err)
	}
	var w acceptance
	torn := json.Unmarshal(raw, &w) != nil
	if torn || w.Genesis != trust.Genesis || w.Root != trust.Root.Fingerprint() || w.Tip == "" {
		return acceptance{}, nil
	}
	return w, nil
}

// remember takes a view as accepted. The caller holds mu.
func (l *Ledger) remember(v *View) error {
	l.last = v
	w := acceptance{l.opts.Genesis, l.opts.Root.Fingerprint(), v.Tip, v.root.Seq}
	if l.opts.Cache == "" || w == l.seen {
		return nil
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("remember the accepted tip of the ledger: %w", err)
	}
	if err := replaceFile(l.opts.Cache, append(raw, '\n')); err != nil {
		return fmt.Errorf("remember the accepted tip of the ledger: %w", err)
	}
	l.seen = w
	return nil
}

// replaceFile writes a file so that readers and crashes see the old content or the
// new, and returns when the disk has it.
func replaceFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkWitnesses wants every witness before the tip, or given up by the root key.
func checkWitnesses(ctx context.Context, repo *gitrepo.Repo, root ledger.Root, tip catalog.Commit, witnesses []catalog.Commit) (*Finding, error) {
	for _, w := range witnesses {
		if w == "" || w == tip {
			continue
		}
		ok, err := contains(ctx, repo, tip, w)
		if err != nil {
			return nil, err
		}
		given := slices.Contains(root.GivenUp, w)
		for _, g := range root.GivenUp {
			if !ok && !given {
				if given, err = contains(ctx, repo, g, w); err != nil {
					return nil, err
				}
			}
		}
		if !ok && !given {
			return &Finding{
				Fault: FaultWitness, Commit: tip,
				Message: fmt.Sprintf("the ledger does not contain %s, which was its tip before: it was reset or rewritten", w.Short()),
			}, nil
		}
	}
	return nil, nil
}

// contains reports whether tip is or descends from a commit; one that the mirror
// does not hold it does not contain.
func contains(ctx context.Context, repo *gitrepo.Repo, tip, commit catalog.Commit) (bool, error) {
	ok, err := repo.Descends(ctx, tip, commit)
	if err != nil && wrong(err) {
		return false, nil
	}
	return ok, err
}
