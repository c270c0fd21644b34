package plaingit

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

const heads = "refs/heads/"

// branches are the base branch of a repository, and the branches below a prefix that are changes.
type branches struct {
	repo   *gitrepo.Repo
	base   string
	prefix string
}

// tip is where the base branch is.
func (b *branches) tip(ctx context.Context) (catalog.Commit, error) {
	id, err := b.repo.Tip(gitrepo.Branch(b.base))
	if err != nil {
		return "", fmt.Errorf("find the base branch %s: %w", b.base, err)
	}
	return b.repo.Peel(ctx, id)
}

func branchName(r gitrepo.Ref) string { return strings.TrimPrefix(string(r), heads) }

// names reports whether a text can be the id of a change.
func (b *branches) names(id string) bool {
	return strings.HasPrefix(id, b.prefix) && len(id) > len(b.prefix) && plainName(id)
}

// plainName reports whether a name reads the same in a branch, in a tag, in a
// trailer and on paper: no spaces, nothing invisible, not too long.
func plainName(s string) bool {
	for _, c := range s {
		if c == utf8.RuneError || unicode.IsSpace(c) || !unicode.IsPrint(c) || strings.ContainsRune(`~^:?*[\`, c) {
			return false
		}
	}
	if s == "" || len(s) > maxName || strings.Contains(s, "..") || strings.Contains(s, "@{") || strings.HasSuffix(s, ".") {
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
