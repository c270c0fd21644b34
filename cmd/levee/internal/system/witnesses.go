package system

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/cmd/levee/internal/catalogs"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/replay"
)

// Witnesses are whoever remembers a tip of the ledger besides the repository: the
// machine, the targets, and what an auditor noted.
func (s *System) Witnesses(ctx context.Context, tips, files []string) ([]chain.Witness, error) {
	list := s.Rec.Witnesses.List(ctx, s.Rec.Now())
	for _, tip := range tips {
		if !catalogs.IsCommit(tip) {
			return nil, exit.Usagef("--tip %s is no full commit id: 40 digits and letters from a to f", tip)
		}
		list = append(list, chain.Witness{Where: "--tip", Tip: catalog.Commit(tip)})
	}
	for _, file := range files {
		noted, err := readNoted(file)
		if err != nil {
			return nil, err
		}
		for _, tip := range noted {
			list = append(list, chain.Witness{Where: file, Tip: tip})
		}
	}
	return list, nil
}

// maxNoted is how many bytes a file with noted tips may have.
const maxNoted = 1 << 20

// readNoted reads the tips that a file names: a daemon's ledger.witness, or lines that
// begin with a full commit id, as `git ls-remote` prints them. Blank lines and those
// that begin with # are left out; anything else is an error, and so is a file that
// names none.
func readNoted(name string) ([]catalog.Commit, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, exit.Usagef("read --witness: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxNoted+1))
	if err != nil {
		return nil, fmt.Errorf("read --witness: %w", err)
	}
	if len(raw) > maxNoted {
		return nil, exit.Usagef("read --witness %s: it is larger than %d bytes", name, maxNoted)
	}
	var one struct {
		Tip string `json:"tip"`
	}
	if json.Unmarshal(raw, &one) == nil && catalogs.IsCommit(one.Tip) {
		return []catalog.Commit{catalog.Commit(one.Tip)}, nil
	}
	var tips []catalog.Commit
	for n, line := range strings.Split(string(raw), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if !catalogs.IsCommit(words[0]) {
			return nil, exit.Usagef("read --witness %s, line %d: it begins with no full commit id", name, n+1)
		}
		tips = append(tips, catalog.Commit(words[0]))
	}
	if len(tips) == 0 {
		return nil, exit.Usagef("read --witness %s: it names no ledger commit", name)
	}
	return tips, nil
}

// Replay decides again what was recorded.
func (s *System) Replay(ctx context.Context) (chain.Replay, error) {
	view, err := s.Ledger.Refresh(ctx)
	if err != nil {
		return chain.Replay{}, err
	}
	past, err := replay.PastRules(ctx, s.Repo, s.Engine, view)
	if err != nil {
		return chain.Replay{}, err
	}
	return past.Replay(ctx, EngineName(s.Engine)), nil
}
