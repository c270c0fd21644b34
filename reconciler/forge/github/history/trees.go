package history

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// mergePaths lists the files that a merge commit changed by itself: those that differ from a
// merge of its two parents by path, and those that both parents changed. For a merge of
// more than two parents, or of parents without a common ancestor, all is true.
func (h *History) mergePaths(ctx context.Context, sha string, parents []string) (paths []string, all bool, err error) {
	if len(parents) != 2 {
		return nil, true, nil
	}
	cmp, _, err := h.Client.Repositories.CompareCommits(ctx, h.Owner, h.Name, parents[0], parents[1], &github.ListOptions{PerPage: 1})
	if err != nil {
		if api.Status(err) == 404 {
			return nil, true, nil
		}
		return nil, false, fmt.Errorf("compare what it merges: %w", err)
	}
	base := cmp.GetMergeBaseCommit().GetSHA()
	if base == "" {
		return nil, true, nil
	}
	var own []string
	err = h.diffMerge(ctx, "", [4]string{base, parents[0], parents[1], sha}, &own)
	return own, len(own) > maxFiles, err
}

// diffMerge walks the trees of base, ours, theirs and merged, and appends to own the paths
// where merged is not what a merge by path gives. It goes only into folders that differ.
func (h *History) diffMerge(ctx context.Context, dir string, ids [4]string, own *[]string) error {
	var trees [4]map[string]entry
	names := map[string]bool{}
	for i, id := range ids {
		var err error
		if trees[i], err = h.tree(ctx, id); err != nil {
			return err
		}
		for name := range trees[i] {
			names[name] = true
		}
	}
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.Sort(list)
	for _, name := range list {
		base, ours, theirs, merged := trees[0][name], trees[1][name], trees[2][name], trees[3][name]
		want, settled := ours, ours == theirs || theirs == base
		if !settled && ours == base {
			want, settled = theirs, true
		}
		if settled && merged == want || len(*own) > maxFiles {
			continue
		}
		var below [4]string
		folders := false
		for i, e := range []entry{base, ours, theirs, merged} {
			if e.folder {
				below[i], folders = e.id, true
			} else if e.id != "" {
				*own = append(*own, dir+name)
			}
		}
		if !folders {
			*own = append(*own, dir+name)
			continue
		}
		if err := h.diffMerge(ctx, dir+name+"/", below, own); err != nil {
			return err
		}
	}
	return nil
}

// An entry is one name in a tree.
type entry struct {
	id, mode string
	folder   bool
}

// tree reads one folder, given the id of a tree or commit, from GitHub the first time and
// then from memory. An empty id is an empty folder.
func (h *History) tree(ctx context.Context, id string) (map[string]entry, error) {
	if id == "" {
		return nil, nil
	}
	if entries, ok := h.trees.Get(id); ok {
		return entries, nil
	}
	t, _, err := h.Client.Git.GetTree(ctx, h.Owner, h.Name, id, false)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", id, err)
	}
	if t.GetTruncated() {
		return nil, fmt.Errorf("read tree %s: it has more entries than GitHub shows", id)
	}
	entries := map[string]entry{}
	for _, e := range t.Entries {
		entries[e.GetPath()] = entry{e.GetSHA(), e.GetMode(), e.GetType() == "tree"}
	}
	h.trees.Add(id, entries)
	return entries, nil
}

// HasFile reports whether a commit has a file.
func (h *History) HasFile(ctx context.Context, commit, file string) (bool, error) {
	at := commit
	for rest := file; ; {
		name, below, nested := strings.Cut(rest, "/")
		entries, err := h.tree(ctx, at)
		if err != nil {
			return false, err
		}
		e, ok := entries[name]
		if !nested || !ok || !e.folder {
			return ok && !nested && !e.folder, nil
		}
		rest, at = below, e.id
	}
}
