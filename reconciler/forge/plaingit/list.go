package plaingit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/reconciler/forge"
)

const heads = "refs/heads/"

// Changes implements forge.Forge: the branches below the prefix that have commits
// which the base branch lacks, by name. For any other base there are none. All that is
// said of a change follows from its branch, the tags that are named like reviews of it, and
// the base branch.
func (f *Forge) Changes(ctx context.Context, base string) ([]forge.Listed, error) {
	if base != f.base {
		return nil, nil
	}
	tip, err := f.tip(ctx)
	if err != nil {
		return nil, fmt.Errorf("list changes for %s: %w", base, err)
	}
	var list []forge.Listed
	for _, t := range f.repo.Tips(heads + f.prefix) {
		id := branchName(t.Ref)
		if !f.names(id) {
			f.journal.note(ctx, Problem{Ref: t.Ref, ID: t.ID, Reason: "the name of a change is plain text of at most 200 bytes"})
			continue
		}
		landed, err := f.repo.Descends(ctx, tip, catalog.Commit(t.ID))
		if ctx.Err() != nil {
			return nil, fmt.Errorf("list changes for %s: %w", base, ctx.Err())
		}
		// A branch whose history cannot be read is listed, so that whoever reads it
		// learns why, and the others are not held up.
		if err != nil || !landed {
			list = append(list, forge.Listed{ID: id, Stamp: f.stamp(id, t, tip)})
		}
	}
	return list, nil
}

// stamp is a hash of the refs from which a change is read.
func (f *Forge) stamp(id string, head gitrepo.Tip, base catalog.Commit) string {
	h := sha256.New()
	fmt.Fprintln(h, head.ID, base)
	for _, ref := range reviewRefs(f.repo, id) {
		fmt.Fprintln(h, ref.ID, ref.Ref)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// tip is where the base branch is.
func (f *Forge) tip(ctx context.Context) (catalog.Commit, error) {
	id, err := f.repo.Tip(gitrepo.Branch(f.base))
	if err != nil {
		return "", fmt.Errorf("find the base branch %s: %w", f.base, err)
	}
	return f.repo.Peel(ctx, id)
}

func branchName(r gitrepo.Ref) string { return strings.TrimPrefix(string(r), heads) }

// names reports whether a text can be the id of a change.
func (f *Forge) names(id string) bool {
	return strings.HasPrefix(id, f.prefix) && len(id) > len(f.prefix) && plainName(id)
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
