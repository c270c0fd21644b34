package gitrepotest

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
)

// Start is the time of the first commit. Each further commit of a Remote is a
// minute later.
var Start = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

// Remote is a bare repository on disk. Its methods end the test when git fails. It
// is not safe for concurrent use.
type Remote struct {
	Dir   string // the bare repository
	t     testing.TB
	home  string
	clock time.Time
}

// NewEmpty makes a bare repository without commits, whose default branch is main.
func NewEmpty(t testing.TB) *Remote {
	t.Helper()
	tmp := t.TempDir()
	r := &Remote{Dir: filepath.Join(tmp, "remote.git"), t: t, home: filepath.Join(tmp, "home"), clock: Start}
	if err := os.MkdirAll(r.home, 0o755); err != nil {
		t.Fatal(err)
	}
	r.run(nil, "", nil, "init", "--quiet", "--bare", "--initial-branch=main", r.Dir)
	// A housekeeping process in the background would race with the test's end.
	r.Git("config", "gc.auto", "0")
	r.Git("config", "receive.autogc", "false")
	return r
}

// New makes a bare repository whose branch main has one commit with the files of a
// txtar archive. The archive's comment is the message, if there is one. A file
// whose name ends in "*" is executable.
func New(t testing.TB, archive string) *Remote {
	t.Helper()
	r := NewEmpty(t)
	ar := txtar.Parse([]byte(strings.TrimLeft(archive, "\n")))
	c := Change{Message: strings.TrimSpace(string(ar.Comment)), Write: map[string]string{}}
	for _, f := range ar.Files {
		c.Write[f.Name] = string(f.Data)
	}
	r.Commit("main", c)
	return r
}

// Change is what one commit of a test does. The zero value of each field is a
// sensible choice.
type Change struct {
	Message string            // by default "change"
	Author  string            // "Name <email>", by default "Ada <ada@example.com>"
	When    time.Time         // by default a minute after the commit before
	Write   map[string]string // path → content; a path that ends in "*" is executable
	Link    map[string]string // path → target of a symbolic link
	Delete  []string          // files or folders
	Parents []catalog.Commit  // beside the tip of the branch, for a merge
	From    catalog.Commit    // where a new branch starts, by default nowhere
	Key     *Key              // signs the commit
}

// Commit makes a commit on a branch of the repository, without any work tree, and
// returns its id. A branch that does not exist is made.
func (r *Remote) Commit(branch string, c Change) catalog.Commit {
	r.t.Helper()
	parent := r.Ref("refs/heads/" + branch)
	from := parent
	if from == "" {
		from = string(c.From)
	}
	tree := r.tree(from, c)
	args := []string{"commit-tree", tree, "-m", orElse(c.Message, "change")}
	if from != "" {
		args = append(args, "-p", from)
	}
	for _, p := range c.Parents {
		args = append(args, "-p", string(p))
	}
	if c.Key != nil {
		args = append(c.Key.config(), append(args, "-S")...)
	}
	id := strings.TrimSpace(r.run(r.people(c), "", nil, append([]string{"--git-dir", r.Dir}, args...)...))
	r.Git("update-ref", "refs/heads/"+branch, id, parent)
	return catalog.Commit(id)
}

// tree writes the tree of a commit through an index of its own.
func (r *Remote) tree(from string, c Change) string {
	r.t.Helper()
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(r.home, "index")}
	git := func(stdin string, args ...string) string {
		r.t.Helper()
		return strings.TrimSpace(r.run(env, stdin, nil, append([]string{"--git-dir", r.Dir}, args...)...))
	}
	os.Remove(filepath.Join(r.home, "index"))
	if from != "" {
		git("", "read-tree", from)
	}
	for _, path := range c.Delete {
		git("", "rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", path)
	}
	var info strings.Builder
	for _, path := range slices.Sorted(maps.Keys(c.Write)) {
		mode := "100644"
		name, executable := strings.CutSuffix(path, "*")
		if executable {
			mode = "100755"
		}
		fmt.Fprintf(&info, "%s %s\t%s\n", mode, git(c.Write[path], "hash-object", "-w", "--stdin"), name)
	}
	for _, path := range slices.Sorted(maps.Keys(c.Link)) {
		fmt.Fprintf(&info, "120000 %s\t%s\n", git(c.Link[path], "hash-object", "-w", "--stdin"), path)
	}
	if info.Len() > 0 {
		git(info.String(), "update-index", "--add", "--replace", "--index-info")
	}
	return git("", "write-tree")
}

func (r *Remote) people(c Change) []string {
	when := c.When
	if when.IsZero() {
		when = r.clock
		r.clock = r.clock.Add(time.Minute)
	}
	name, email, _ := strings.Cut(orElse(c.Author, "Ada <ada@example.com>"), " <")
	email = strings.TrimSuffix(email, ">")
	date := fmt.Sprintf("%d %s", when.Unix(), when.Format("-0700"))
	return []string{
		"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + email, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + name, "GIT_COMMITTER_EMAIL=" + email, "GIT_COMMITTER_DATE=" + date,
	}
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// Ref returns what a ref points to, or "" if there is none.
func (r *Remote) Ref(name string) string {
	r.t.Helper()
	return strings.TrimSpace(r.Git("for-each-ref", "--format=%(objectname)", "--", name))
}

// Branch returns the tip of a branch, or "" if there is none.
func (r *Remote) Branch(name string) catalog.Commit {
	r.t.Helper()
	return catalog.Commit(r.Ref("refs/heads/" + name))
}

// Read returns the content of a file at a revision.
func (r *Remote) Read(rev, path string) string {
	r.t.Helper()
	return r.Git("cat-file", "blob", rev+":"+path)
}

// SetRef moves a ref to an object, or deletes it if the id is empty.
func (r *Remote) SetRef(name, id string) {
	r.t.Helper()
	if id == "" {
		r.Git("update-ref", "-d", name)
		return
	}
	r.Git("update-ref", name, id)
}

func (r *Remote) readFile(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// Hook installs a shell script as a hook of the repository, such as "pre-receive".
func (r *Remote) Hook(name, script string) {
	r.t.Helper()
	file := filepath.Join(r.Dir, "hooks", name)
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// Git runs git in the repository and returns what it prints.
func (r *Remote) Git(args ...string) string {
	r.t.Helper()
	return r.run(nil, "", nil, append([]string{"--git-dir", r.Dir}, args...)...)
}

// GitInput is Git with standard input.
func (r *Remote) GitInput(stdin string, args ...string) string {
	r.t.Helper()
	return r.run(nil, stdin, nil, append([]string{"--git-dir", r.Dir}, args...)...)
}

// TryGit is Git for commands that may fail; it returns what both outputs say.
func (r *Remote) TryGit(args ...string) (string, error) {
	r.t.Helper()
	var err error
	out := r.run(nil, "", &err, append([]string{"--git-dir", r.Dir}, args...)...)
	return out, err
}

// run runs git with nothing of the machine's own configuration.
func (r *Remote) run(env []string, stdin string, failure *error, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "TZ=UTC", "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_AUTHOR_DATE=1775034000 +0000",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_COMMITTER_DATE=1775034000 +0000",
	}, env...)
	cmd.Dir = r.home
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	switch {
	case failure != nil:
		*failure = err
		return out.String() + errs.String()
	case err != nil:
		r.t.Fatalf("git %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// Open opens a mirror of the repository in a folder of its own, closed when the
// test ends.
func Open(t testing.TB, r *Remote) *gitrepo.Repo {
	t.Helper()
	return OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: r.Dir})
}

// OpenWith is Open with options.
func OpenWith(t testing.TB, opts gitrepo.Options) *gitrepo.Repo {
	t.Helper()
	repo, err := gitrepo.Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := repo.Close(); err != nil {
			t.Error(err)
		}
	})
	return repo
}
