package catalogs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/folder"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/check"
)

// Revisions are those of a catalog that is checked; each may be empty.
type Revisions struct {
	Proposed string // empty for the files as they lie
	Base     string // what counts as admitted
	Since    string // only what may have changed since is looked at
}

// Open reads the catalog that is proposed and, where they are named, those that it is compared
// with. Its files can be read until closeFiles is called.
func Open(ctx context.Context, where string, of Revisions) (asked check.Asked, closeFiles func(), err error) {
	rev := of.Proposed
	if config.IsURL(where) && rev == "" {
		rev = "HEAD"
	}
	closeFiles = func() {}
	prev := catalog.Empty()
	var repo *gitrepo.Repo
	if rev != "" || of.Base != "" || of.Since != "" {
		var closeRepo func()
		if repo, closeRepo, err = openRepository(ctx, where); err != nil {
			return asked, nil, err
		}
		closeFiles = closeRepo
		defer func() {
			if err != nil {
				closeRepo()
			}
		}()
	}
	if of.Base != "" {
		if _, asked.Base, err = snapshotAt(ctx, repo, of.Base, prev); err != nil {
			return asked, nil, err
		}
		prev = asked.Base
	}
	if of.Since != "" {
		if _, asked.Only.Since, err = snapshotAt(ctx, repo, of.Since, prev); err != nil {
			return asked, nil, err
		}
		prev = asked.Only.Since
	}
	if rev != "" {
		asked.Files, asked.Proposed, err = snapshotAt(ctx, repo, rev, prev)
		return asked, closeFiles, err
	}
	if asked.Files, err = folder.Open(where); err == nil {
		asked.Proposed, err = catalog.Load(ctx, asked.Files, "", prev)
	}
	return asked, closeFiles, err
}

// OpenHistory reads a catalog at a revision, or at the head of its repository, and gives the
// repository with it, until closeRepo is called.
func OpenHistory(ctx context.Context, where, rev string) (asked check.Asked, repo *gitrepo.Repo, closeRepo func(), err error) {
	if repo, closeRepo, err = openRepository(ctx, where); err != nil {
		return asked, nil, nil, err
	}
	if asked.Files, asked.Proposed, err = snapshotAt(ctx, repo, cmp.Or(rev, "HEAD"), catalog.Empty()); err != nil {
		closeRepo()
		return asked, nil, nil, err
	}
	return asked, repo, closeRepo, nil
}

// openRepository mirrors a repository into the user's cache, so that the next
// check of it fetches only what is new. Where another check holds that mirror, or
// there is no cache, a mirror of its own serves.
func openRepository(ctx context.Context, where string) (repo *gitrepo.Repo, closeRepo func(), err error) {
	remote := where
	if !config.IsURL(where) {
		if remote, err = filepath.Abs(where); err != nil {
			return nil, nil, err
		}
	}
	if cache, err := os.UserCacheDir(); err == nil {
		sum := sha256.Sum256([]byte(remote))
		dir := filepath.Join(cache, "levee", "mirrors", hex.EncodeToString(sum[:8]))
		if repo, err := fetched(ctx, dir, remote); err == nil {
			return repo, func() { _ = repo.Close() }, nil
		} else if !errors.Is(err, gitrepo.ErrLocked) && !errors.Is(err, os.ErrPermission) {
			return nil, nil, err
		}
	}
	dir, err := os.MkdirTemp("", "levee-mirror-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for a mirror: %w", err)
	}
	repo, err = fetched(ctx, dir, remote)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, nil, err
	}
	return repo, func() { _ = repo.Close(); _ = os.RemoveAll(dir) }, nil
}

func fetched(ctx context.Context, dir, remote string) (*gitrepo.Repo, error) {
	repo, err := gitrepo.Open(ctx, gitrepo.Options{
		Dir: dir, Remote: remote,
		Token: func() (string, error) { return config.Secret("LEVEE_GIT_TOKEN"), nil },
		Refs:  []string{"refs/heads/*", "refs/tags/*", "refs/remotes/*"}, // the last of a clone, as in --base origin/main
	})
	if err != nil {
		return nil, err
	}
	if _, err := repo.Fetch(ctx); err != nil {
		_ = repo.Close()
		return nil, err
	}
	return repo, nil
}

var fullHash = regexp.MustCompile(`^[0-9a-f]{40}$`)

// IsCommit reports whether a word is a full commit id.
func IsCommit(word string) bool { return fullHash.MatchString(word) }

func snapshotAt(ctx context.Context, repo *gitrepo.Repo, rev string, prev *catalog.Snapshot) (catalog.Files, *catalog.Snapshot, error) {
	commit, err := resolve(ctx, repo, rev)
	if err != nil {
		return nil, nil, err
	}
	files, err := repo.Files(ctx, commit)
	if err != nil {
		return nil, nil, err
	}
	snapshot, err := catalog.Load(ctx, files, commit, prev)
	return files, snapshot, err
}

// resolve finds the commit of a branch, tag, ref or full commit id.
func resolve(ctx context.Context, repo *gitrepo.Repo, rev string) (catalog.Commit, error) {
	if IsCommit(rev) {
		return catalog.Commit(rev), nil
	}
	names := []gitrepo.Ref{gitrepo.Branch(rev), gitrepo.Ref("refs/tags/" + rev), gitrepo.Ref("refs/remotes/" + rev), gitrepo.Ref(rev)}
	if rev == "HEAD" {
		names = []gitrepo.Ref{repo.Head()}
	}
	for _, name := range names {
		id, err := repo.Tip(name)
		if err != nil {
			continue
		}
		return repo.Peel(ctx, id)
	}
	return "", exit.Usagef("the repository has no branch or tag %q; name one, or a full commit id", rev)
}
