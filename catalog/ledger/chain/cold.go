package chain

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// checkCold verifies what makes a ledger useful without reading all of it: that it
// starts with the pinned genesis and counts as many commits as there are, that its
// keys are what the signed records of keys lead to, and that the last commit is
// signed by one of them and is what its parent leads to.
func checkCold(ctx context.Context, repo *gitrepo.Repo, trust Trust, tip catalog.Commit) (*Finding, error) {
	line, finding, err := checkGenesis(ctx, repo, trust, tip)
	if finding != nil || err != nil {
		return finding, err
	}
	parent := trust.Genesis
	if len(line) > 1 {
		parent = line[len(line)-2]
	}
	if len(line) > 0 {
		if finding, err = checkLine(ctx, repo, trust, parent, []catalog.Commit{tip}); finding != nil || err != nil {
			return finding, err
		}
	}
	files, err := repo.Files(ctx, tip)
	if err != nil {
		return nil, err
	}
	root, err := RootOf(ctx, files)
	if n := int64(len(line)) + 1; err == nil && (root.Commits != n || root.Seq < n) {
		return &Finding{
			Fault: FaultChain, Commit: tip, Seq: root.Seq,
			Message: fmt.Sprintf("it says it is commit %d with record %d, and it is commit %d of the ledger", root.Commits, root.Seq, n),
		}, nil
	}
	if err == nil {
		err = checkKeys(ctx, files, trust, root)
	}
	if err != nil && wrong(err) {
		return &Finding{Fault: FaultState, Commit: tip, Message: err.Error()}, nil
	}
	return nil, err
}

// checkGenesis verifies the first commit and returns those after it.
func checkGenesis(ctx context.Context, repo *gitrepo.Repo, trust Trust, tip catalog.Commit) ([]catalog.Commit, *Finding, error) {
	line, err := repo.FirstParents(ctx, trust.Genesis, tip)
	if err != nil {
		if !wrong(err) {
			return nil, nil, err
		}
		return nil, &Finding{
			Fault: FaultGenesis, Commit: tip,
			Message: fmt.Sprintf("the ledger does not start with the pinned genesis %s: it is another ledger, or was rewritten", trust.Genesis.Short()),
		}, nil
	}
	c, err := checkCommit(ctx, repo, trust, "", trust.Genesis)
	if err != nil {
		return nil, nil, err
	}
	for i := range c.found {
		if c.found[i].Fault == FaultKey || c.found[i].Fault == FaultSignature {
			c.found[i].Message = "the genesis is not signed by the pinned root key: " + c.found[i].Message
		}
	}
	if len(c.found) == 0 && !isGenesis(c.records, trust) {
		c.add(FaultGenesis, "the genesis names another root key than the pinned one")
	}
	if len(c.found) > 0 {
		return line, &c.found[0], nil
	}
	return line, nil, nil
}

// isGenesis reports whether records are the one that names the pinned root key.
func isGenesis(records together, trust Trust) bool {
	if len(records) != 1 {
		return false
	}
	b, ok := records[0].body.(ledger.Genesis)
	return ok && ledger.SameKey(b.Root, trust.Root.String())
}

// checkKeys folds genesis, keys and adoptions, each of which carries a signature of
// its own, and compares what they lead to with the state.
func checkKeys(ctx context.Context, files *gitrepo.Files, trust Trust, root ledger.Root) error {
	var records []ledger.Record
	for _, kind := range []ledger.Kind{ledger.KindGenesis, ledger.KindKey, ledger.KindAdoption} {
		folder, _ := folderOf(kind)
		list, err := readFolder(ctx, files, folder)
		if err != nil {
			return err
		}
		records = append(records, list...)
	}
	slices.SortFunc(records, func(a, b ledger.Record) int { return int(a.Seq - b.Seq) })
	var now ledger.Root
	for _, r := range records {
		body, err := r.Read()
		if err == nil {
			err = authorise(now, r, body)
		}
		if err != nil {
			return fmt.Errorf("record %d: %w: %w", r.Seq, ledger.ErrInvalid, err)
		}
		// The records between are not read: what they say of keys is nothing.
		now.Seq, now.Hash = r.Seq-1, r.Prev
		none := func(string) (ledger.App, error) { return ledger.App{}, nil }
		if now, _, err = ledger.FoldRead(now, none, r, body, ""); err != nil {
			return err
		}
	}
	if len(records) == 0 || records[0].Seq != 1 || !reflect.DeepEqual(now.Keys, root.Keys) ||
		!slices.Equal(now.GivenUp, root.GivenUp) || now.Root != root.Root || !ledger.SameKey(root.Root, trust.Root.String()) {
		return fmt.Errorf("%w: the keys in the state are not those that the records of keys lead to", ledger.ErrInvalid)
	}
	return nil
}

// readFolder reads all records below a folder.
func readFolder(ctx context.Context, files *gitrepo.Files, dir string) ([]ledger.Record, error) {
	entries, err := files.List(ctx, dir)
	if err != nil {
		return nil, err
	}
	var records []ledger.Record
	for _, e := range entries {
		if e.Mode == catalog.Folder {
			list, err := readFolder(ctx, files, e.Path)
			if err != nil {
				return nil, err
			}
			records = append(records, list...)
			continue
		}
		if !strings.HasSuffix(e.Path, ".json") {
			return nil, fmt.Errorf("%w: %s is no record", ledger.ErrInvalid, e.Path)
		}
		raw, err := files.Read(ctx, e, ledger.MaxFile)
		if err != nil {
			return nil, err
		}
		r, _, err := ledger.ReadRecord(raw)
		if err != nil {
			return nil, fmt.Errorf("read record %s: %w", e.Path, err)
		}
		records = append(records, r)
	}
	return records, nil
}
