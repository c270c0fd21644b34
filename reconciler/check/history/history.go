// Package history looks for secrets in all that a repository ever held: what was taken out
// again is read by everybody who has a clone.
//
//	branches and tags → their commits, ancestors first (history.go)
//	commit → files that came with it, each content once; its message → secretscan
//	what was found → where it first came in
package history

import (
	"context"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/secretscan"
)

// Found is what was found in one file or text, at the commit with which it came first.
type Found struct {
	Commit catalog.Commit
	When   time.Time // as the commit says
	In     string    // of what is no file: "the message"
	File   secretscan.File
}

// Scanned is what a scan found, and how much it looked at.
type Scanned struct {
	Commits int
	Found   []Found // ancestors first
}

// Scan looks at all commits of all branches and tags of a repository. It calls progress after each,
// with how many it looked at and how many there are. It fails if a commit cannot be read: what it
// found until then says nothing of the rest.
func Scan(ctx context.Context, repo *gitrepo.Repo, scanner *secretscan.Scanner, progress func(done, all int)) (Scanned, error) {
	s := scan{repo: repo, scanner: scanner, seen: map[gitrepo.ID]bool{}}
	if err := s.tips(ctx); err != nil {
		return Scanned{}, fmt.Errorf("list the history: %w", err)
	}
	for i, id := range s.commits {
		if err := s.commit(ctx, id); err != nil {
			return Scanned{}, fmt.Errorf("scan commit %s: %w", id, err)
		}
		progress(i+1, len(s.commits))
	}
	return Scanned{Commits: len(s.commits), Found: s.found}, nil
}

type scan struct {
	repo    *gitrepo.Repo
	scanner *secretscan.Scanner
	commits []catalog.Commit
	seen    map[gitrepo.ID]bool // contents that were looked at
	values  secretscan.Values   // that were found
	found   []Found
}

// tips lists the commits of all branches and tags, and looks at what tags say.
func (s *scan) tips(ctx context.Context) error {
	listed := map[catalog.Commit]bool{}
	for _, tip := range s.repo.Tips("refs/") {
		id, err := s.repo.Peel(ctx, tip.ID)
		if err != nil {
			return fmt.Errorf("follow %s: %w", tip.Ref, err)
		}
		if catalog.Commit(tip.ID) != id {
			tag, err := s.repo.Tag(ctx, tip.ID)
			if err != nil {
				return fmt.Errorf("read %s: %w", tip.Ref, err)
			}
			s.text(id, tag.Tagger.When, "the tag "+tag.Name, tag.Message)
		}
		if listed[id] {
			continue
		}
		commits, err := s.repo.Between(ctx, "", id)
		if err != nil {
			return err
		}
		for _, c := range commits {
			if !listed[c] {
				listed[c] = true
				s.commits = append(s.commits, c)
			}
		}
	}
	return nil
}

// commit looks at what came with a commit. Of a merge, what its parents hold was looked at before.
func (s *scan) commit(ctx context.Context, id catalog.Commit) error {
	c, err := s.repo.Commit(ctx, id)
	if err != nil {
		return err
	}
	s.text(id, c.Committer.When, "the message", c.Message)
	before := gitrepo.EmptyTree
	if len(c.Parents) > 0 {
		parent, err := s.repo.Commit(ctx, c.Parents[0])
		if err != nil {
			return err
		}
		before = parent.Tree
	}
	changes, err := s.repo.Diff(ctx, before, c.Tree)
	if err != nil {
		return err
	}
	var entries []catalog.Entry
	for _, change := range changes {
		file := change.NewMode == catalog.File || change.NewMode == catalog.Executable
		if file && !s.seen[change.NewID] {
			s.seen[change.NewID] = true
			entries = append(entries, catalog.Entry{Path: change.Path, Mode: change.NewMode, ID: string(change.NewID)})
		}
	}
	if len(entries) == 0 {
		return nil
	}
	files, err := s.repo.FilesOf(c.Tree)
	if err != nil {
		return err
	}
	scanned, err := s.scanner.Files(ctx, files, entries)
	for _, f := range scanned {
		if f.Findings = s.values.Fresh(f.Findings); len(f.Findings) > 0 || f.Unread != "" {
			s.found = append(s.found, Found{Commit: id, When: c.Committer.When, File: f})
		}
	}
	return err
}

// text looks at what is written at a commit and is no file.
func (s *scan) text(id catalog.Commit, when time.Time, in, text string) {
	if findings := s.values.Fresh(s.scanner.Text(text)); len(findings) > 0 {
		s.found = append(s.found, Found{Commit: id, When: when, In: in, File: secretscan.File{Findings: findings}})
	}
}
