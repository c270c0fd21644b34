package github

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"
)

const maxFiles = 3_000 // GitHub lists no more files of a commit

// commitFacts is what is remembered of a commit.
type commitFacts struct {
	paths          []string // the files it changed, sorted
	all            bool     // it may have changed any file
	emails, logins []string // of its author, committer and co-authors
	parents        []string
}

// commit reads a commit, from GitHub the first time and then from memory.
func (f *Forge) commit(ctx context.Context, sha string) (*commitFacts, error) {
	if facts, ok := f.commits.Get(sha); ok {
		return facts, nil
	}
	facts := &commitFacts{}
	at := github.ListOptions{PerPage: 100}
	for read := 0; ; {
		c, resp, err := f.client.Repositories.GetCommit(ctx, f.owner, f.repo, sha, &at)
		if err != nil {
			return nil, err
		}
		if c.GetSHA() != sha {
			return nil, fmt.Errorf("GitHub answers with another commit, %s", c.GetSHA())
		}
		if at.Page == 0 {
			facts.emails, facts.logins = commitAuthors(c)
			for _, p := range c.Parents {
				facts.parents = append(facts.parents, p.GetSHA())
			}
			if len(facts.parents) > 1 {
				break
			}
		}
		for _, file := range c.Files {
			facts.paths = append(facts.paths, file.GetFilename())
			if old := file.GetPreviousFilename(); old != "" {
				facts.paths = append(facts.paths, old)
			}
		}
		read += len(c.Files)
		if resp.NextPage == 0 || read >= maxFiles {
			facts.all = read >= maxFiles
			break
		}
		at.Page = resp.NextPage
	}
	if len(facts.parents) > 1 {
		var err error
		if facts.paths, facts.all, err = f.mergePaths(ctx, sha, facts.parents); err != nil {
			return nil, err
		}
	}
	facts.paths = sortedUnique(facts.paths)
	f.commits.Add(sha, facts)
	return facts, nil
}

// mergePaths lists the files that a merge commit changed by itself: those that differ from a
// merge of its two parents by path, and those that both parents changed. For a merge of
// more than two parents, or of parents without a common ancestor, all is true.
func (f *Forge) mergePaths(ctx context.Context, sha string, parents []string) (paths []string, all bool, err error) {
	if len(parents) != 2 {
		return nil, true, nil
	}
	cmp, _, err := f.client.Repositories.CompareCommits(ctx, f.owner, f.repo, parents[0], parents[1], &github.ListOptions{PerPage: 1})
	if err != nil {
		if statusCode(err) == 404 {
			return nil, true, nil
		}
		return nil, false, fmt.Errorf("compare what it merges: %w", err)
	}
	base := cmp.GetMergeBaseCommit().GetSHA()
	if base == "" {
		return nil, true, nil
	}
	var own []string
	err = f.diffMerge(ctx, "", [4]string{base, parents[0], parents[1], sha}, &own)
	return own, len(own) > maxFiles, err
}

// diffMerge walks the trees of base, ours, theirs and merged, and appends to own the paths
// where merged is not what a merge by path gives. It goes only into folders that differ.
func (f *Forge) diffMerge(ctx context.Context, dir string, ids [4]string, own *[]string) error {
	var trees [4]map[string]entry
	names := map[string]bool{}
	for i, id := range ids {
		var err error
		if trees[i], err = f.tree(ctx, id); err != nil {
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
		if err := f.diffMerge(ctx, dir+name+"/", below, own); err != nil {
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
func (f *Forge) tree(ctx context.Context, id string) (map[string]entry, error) {
	if id == "" {
		return nil, nil
	}
	if entries, ok := f.trees.Get(id); ok {
		return entries, nil
	}
	t, _, err := f.client.Git.GetTree(ctx, f.owner, f.repo, id, false)
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
	f.trees.Add(id, entries)
	return entries, nil
}
