package githubtest

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// git runs the git program in the repository.
func (s *Server) git(args ...string) (string, error) { return s.gitAs("", "", "", args...) }

// gitAs is git with an author and committer, and with standard input.
func (s *Server) gitAs(name, email, stdin string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"--git-dir", s.dir}, args...)...)
	if name == "" {
		name, email = "GitHub", "noreply@github.com"
	}
	date := fmt.Sprintf("%d +0000", s.now().Unix())
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=" + s.dir,
		"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + email, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + name, "GIT_COMMITTER_EMAIL=" + email, "GIT_COMMITTER_DATE=" + date,
	}
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(out.String()), err
}

// must is git; an error fails the test.
func (s *Server) must(args ...string) string {
	s.t.Helper()
	out, err := s.git(args...)
	if err != nil {
		s.t.Error(err)
	}
	return out
}

// ref is what a ref points to; empty for none.
func (s *Server) ref(name string) string {
	out, _ := s.git("rev-parse", "--verify", "--quiet", name)
	return out
}

func branch(name string) string { return "refs/heads/" + name }

// commitInfo is a commit as git shows it.
type commitInfo struct {
	sha, tree  string
	parents    []string
	an, ae, ad string
	cn, ce, cd string
	message    string
}

func (s *Server) read(rev string) (commitInfo, error) {
	out, err := s.git("log", "-1", "--format=%H%n%T%n%P%n%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%B", rev, "--")
	if err != nil {
		return commitInfo{}, refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", rev)
	}
	l := strings.SplitN(out+strings.Repeat("\n", 10), "\n", 10)
	return commitInfo{l[0], l[1], strings.Fields(l[2]), l[3], l[4], utc(l[5]), l[6], l[7], utc(l[8]), strings.TrimSpace(l[9])}, nil
}

func utc(date string) string {
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return date
	}
	return stamp(t)
}

// accountOf is the account to which an e-mail address belongs, or nil.
func (s *Server) accountOf(email string) any {
	if email == "noreply@github.com" {
		return obj{"login": "web-flow", "id": int64(19864447), "type": "User"}
	}
	for login, a := range s.accounts {
		if a.email != "" && a.email == email {
			return s.user(login)
		}
	}
	return nil
}

// commit is a commit in GitHub's form, with its files or without.
func (s *Server) commit(rev string, files bool) (obj, error) {
	i, err := s.read(rev)
	if err != nil {
		return nil, err
	}
	var parents []any
	for _, p := range i.parents {
		parents = append(parents, obj{"sha": p})
	}
	o := obj{
		"sha": i.sha, "author": s.accountOf(i.ae), "committer": s.accountOf(i.ce), "parents": parents,
		"commit": obj{
			"author": obj{"name": i.an, "email": i.ae, "date": i.ad}, "committer": obj{"name": i.cn, "email": i.ce, "date": i.cd},
			"message": i.message, "tree": obj{"sha": i.tree},
		},
	}
	if files {
		if o["files"], err = s.files(i); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// files lists the files that a commit changed from its first parent.
func (s *Server) files(i commitInfo) ([]any, error) {
	args := []string{"diff-tree", "-r", "-M", "--no-commit-id", "--name-status", "-z"}
	if len(i.parents) == 0 {
		args = append(args, "--root", i.sha)
	} else {
		args = append(args, i.parents[0], i.sha)
	}
	out, err := s.git(args...)
	if err != nil {
		return nil, err
	}
	files := []any{}
	words := strings.Split(strings.TrimRight(out, "\x00"), "\x00")
	for n := 0; n+1 < len(words); n += 2 {
		f := obj{"filename": words[n+1], "sha": i.tree, "status": map[byte]string{'A': "added", 'M': "modified", 'D': "removed", 'R': "renamed", 'T': "changed"}[words[n][0]]}
		if words[n][0] == 'R' {
			f["previous_filename"], f["filename"] = words[n+1], words[n+2]
			n++
		}
		files = append(files, f)
	}
	return files, nil
}

func (s *Server) getCommit(c *call) (answer, error) {
	if err := s.checkRepo(c); err != nil {
		return answer{}, err
	}
	o, err := s.commit(c.PathValue("ref"), true)
	if err != nil {
		return answer{}, err
	}
	return s.object(http.StatusOK, "commit", o)
}

func (s *Server) compare(c *call) (answer, error) {
	base, head, _ := strings.Cut(c.PathValue("basehead"), "...")
	merge, err := s.git("merge-base", base, head)
	if err != nil {
		return answer{}, refuse(http.StatusNotFound, "No common ancestor between %s and %s.", base, head)
	}
	b, err := s.commit(base, false)
	if err != nil {
		return answer{}, err
	}
	m, err := s.commit(merge, false)
	if err != nil {
		return answer{}, err
	}
	count := func(span string) int { return len(strings.Fields(s.must("rev-list", span))) }
	ahead, behind := count(base+".."+head), count(head+".."+base)
	status := "identical"
	switch {
	case ahead > 0 && behind > 0:
		status = "diverged"
	case ahead > 0:
		status = "ahead"
	case behind > 0:
		status = "behind"
	}
	return s.object(http.StatusOK, "commit-comparison", obj{
		"base_commit": b, "merge_base_commit": m, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead, "status": status,
	})
}
