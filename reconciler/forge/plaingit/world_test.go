package plaingit_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

// A world is a real bare repository with people at work on it, and the forge on a
// mirror of it.
type world struct {
	t      *testing.T
	remote *gitrepotest.Remote
	repo   *gitrepo.Repo
	forge  *plaingit.Forge
	daemon *gitrepotest.Key
	log    *strings.Builder
	clock  time.Time
	heads  map[string]catalog.Commit // of closed changes
	keys   map[string]*gitrepotest.Key
}

// newWorld is a repository whose branch main has one commit by nobody.
func newWorld(t *testing.T, options ...func(*plaingit.Options)) *world {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Fatal("git signs with ssh-keygen, which is missing; it is in the Debian package openssh-client")
	}
	w := &world{
		t: t, remote: gitrepotest.New(t, "-- README --\nhello\n"), daemon: gitrepotest.NewKey(t, "daemon"),
		log: &strings.Builder{}, clock: gitrepotest.Start.Add(time.Hour), heads: map[string]catalog.Commit{},
		keys: map[string]*gitrepotest.Key{},
	}
	w.repo = gitrepotest.Open(t, w.remote)
	o := plaingit.Options{
		Repo: w.repo, Signer: w.daemon.Signer, Now: func() time.Time { return w.clock },
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, set := range options {
		set(&o)
	}
	w.forge = must(plaingit.New(o))
	return w
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (w *world) key(person string) *gitrepotest.Key {
	if w.keys[person] == nil {
		w.keys[person] = gitrepotest.NewKey(w.t, person)
	}
	return w.keys[person]
}

func (w *world) who(person string) forge.Identity {
	return forge.Identity{Key: w.key(person).Signer.Public().String()}
}

// sync brings the mirror up to date.
func (w *world) sync() {
	w.t.Helper()
	if _, err := w.repo.Fetch(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) main() catalog.Commit { return w.remote.Branch("main") }

// commit is what a person writes, signed by them.
func (w *world) commit(person string, work forgetest.Work) gitrepotest.Change {
	c := gitrepotest.Change{Message: "Work of " + person, Write: work.Files, Author: work.Names, Key: w.key(person)}
	if c.Author == "" {
		c.Author = fmt.Sprintf("%s <%s@example.com>", person, person)
	}
	for i, name := range work.With {
		if i == 0 {
			c.Message += "\n"
		}
		c.Message += "\nCo-authored-by: " + name
	}
	return c
}

// open makes a change of one commit by ada, and returns its head.
func (w *world) open(id string, files ...string) catalog.Commit {
	w.t.Helper()
	work := forgetest.Work{Files: map[string]string{}}
	for _, path := range files {
		work.Files[path] = "by ada for " + id + "\n"
	}
	c := w.commit("ada", work)
	c.From = w.main()
	head := w.remote.Commit(id, c)
	w.sync()
	return head
}

func (w *world) change(id string) forge.Change {
	w.t.Helper()
	c, err := w.forge.Change(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// problems are the reasons why something is no review or nobody's commit.
func (w *world) problems(id string) string {
	w.t.Helper()
	problems, err := w.forge.Problems(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s\n", strings.TrimPrefix(string(p.Ref), "refs/"), p.Reason)
	}
	return b.String()
}

// sign publishes a review a minute later.
func (w *world) sign(person, id string, commit catalog.Commit, verdict catalog.Review) string {
	w.t.Helper()
	w.clock = w.clock.Add(time.Minute)
	signed, err := plaingit.Sign(w.t.Context(), w.repo, w.reviewer(person), commit, plaingit.Review{Change: id, Verdict: verdict})
	if err != nil {
		w.t.Fatal(err)
	}
	return signed.ID
}

func (w *world) reviewer(person string) plaingit.Reviewer {
	return plaingit.Reviewer{
		Person: catalog.Name(person), Signer: w.key(person).Signer,
		As: gitrepo.Person{Name: person, Email: person + "@example.com", When: w.clock},
	}
}

// tag makes a tag with the git program, as a person would.
func (w *world) tag(person, name string, commit catalog.Commit, lines ...string) string {
	w.t.Helper()
	w.clock = w.clock.Add(time.Minute)
	w.remote.Git(append(w.key(person).Config(), "tag", "-s", "-m", strings.Join(lines, "\n"), name, string(commit))...)
	w.sync()
	return w.remote.Ref("refs/tags/" + name)
}

func (w *world) do(a forge.Action) forge.Receipt {
	w.t.Helper()
	r, err := w.forge.Do(w.t.Context(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// refuses wants an action to fail, and the base branch to stay where it is.
func (w *world) refuses(a forge.Action, want error, words ...string) {
	w.t.Helper()
	before := w.main()
	r, err := w.forge.Do(w.t.Context(), a)
	if !errors.Is(err, want) || r != (forge.Receipt{}) {
		w.t.Errorf("%+v, %v; want %v", r, err, want)
	}
	for _, word := range words {
		if err != nil && !strings.Contains(err.Error(), word) {
			w.t.Errorf("%q is not said in: %v", word, err)
		}
	}
	if after := w.main(); after != before {
		w.t.Errorf("the base branch moved from %s to %s", before, after)
	}
}

func land(id string, head catalog.Commit) forge.Action {
	return forge.Action{Change: id, Head: head, Land: &forge.Landing{Message: "Publish it"}}
}

// harness lets the conformance suite act in the world.
func (w *world) harness() *forgetest.Harness {
	write := func(branch, person string, work forgetest.Work, from catalog.Commit) catalog.Commit {
		c := w.commit(person, work)
		c.From = from
		id := w.remote.Commit(branch, c)
		w.sync()
		return id
	}
	return &forgetest.Harness{
		Forge: w.forge, Base: "main", Unknown: "publish/no-such", Who: w.who,
		Open: func(person, name string, work forgetest.Work) (string, catalog.Commit) {
			id := "publish/" + name
			return id, write(id, person, work, w.main())
		},
		Push: func(id, person string, work forgetest.Work) catalog.Commit { return write(id, person, work, "") },
		Rewrite: func(id, person string, work forgetest.Work) catalog.Commit {
			w.remote.SetRef("refs/heads/"+id, "")
			return write(id, person, work, w.main())
		},
		Update: w.update,
		Direct: func(person string, work forgetest.Work) catalog.Commit { return write("main", person, work, "") },
		Close: func(id string) {
			w.heads[id] = w.remote.Branch(id)
			w.remote.SetRef("refs/heads/"+id, "")
			w.sync()
		},
		Reopen: func(id string) {
			w.remote.SetRef("refs/heads/"+id, string(w.heads[id]))
			w.sync()
		},
		Review: func(id, person string, s forgetest.Said) string {
			w.clock = w.clock.Add(time.Minute)
			if s.Commit == "" {
				s.Commit = w.remote.Branch(id)
			}
			signed, err := plaingit.Sign(w.t.Context(), w.repo, w.reviewer(person), s.Commit,
				plaingit.Review{Change: id, Verdict: s.Review, Digests: s.Digests, Text: s.Text})
			if err != nil {
				w.t.Fatal(err)
			}
			return signed.ID
		},
		Protect: func(words string) {
			script := "exit 0"
			if words != "" {
				script = `while read old new ref; do if [ $ref = refs/heads/main ]; then echo "` + words + `"; exit 1; fi; done`
			}
			w.remote.Hook("pre-receive", script)
		},
		History: func() []catalog.Commit {
			var line []catalog.Commit
			for id := range strings.FieldsSeq(w.remote.Git("rev-list", "--first-parent", "--reverse", "main")) {
				line = append(line, catalog.Commit(id))
			}
			return line
		},
		Read: func(commit catalog.Commit, path string) (string, bool) {
			out, err := w.remote.TryGit("cat-file", "blob", string(commit)+":"+path)
			return out, err == nil
		},
	}
}

// update merges main into a change with the git program.
func (w *world) update(id, person string) catalog.Commit {
	w.t.Helper()
	head, main := string(w.remote.Branch(id)), string(w.main())
	tree := strings.TrimSpace(w.remote.Git("merge-tree", "--write-tree", head, main))
	return w.merge(id, person, tree, head, main)
}

// merge makes a commit of any tree and parents the head of a branch.
func (w *world) merge(branch, person, tree string, parents ...string) catalog.Commit {
	w.t.Helper()
	args := append(w.key(person).Config(), "commit-tree", "-S", "-m", "Merge", tree)
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	id := strings.TrimSpace(w.remote.Git(args...))
	w.remote.SetRef("refs/heads/"+branch, id)
	w.sync()
	return catalog.Commit(id)
}

func TestForge(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness { return newWorld(t).harness() })
}

func TestForgeThatKeepsBranches(t *testing.T) {
	forgetest.TestForge(t, func(t *testing.T) *forgetest.Harness {
		return newWorld(t, func(o *plaingit.Options) { o.KeepBranches = true }).harness()
	})
}

// lines counts the lines that contain a text.
func lines(s, text string) int {
	return len(slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return !strings.Contains(l, text) }))
}
