package gitrepo_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// TestMain is also the process that TestKilledAnywhere kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("GITREPO_TEST_VICTIM"); dir != "" {
		victim(dir, os.Getenv("GITREPO_TEST_REMOTE"))
	}
	os.Exit(m.Run())
}

func TestFetchFollowsTheRemote(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	remote.SetRef("refs/heads/publish/x", string(first))
	remote.SetRef("refs/pull/7/head", string(first))
	remote.SetRef("refs/pull/7/merge", string(first))
	remote.SetRef("refs/levee/x", string(first))
	remote.SetRef("refs/notes/x", string(first))
	remote.Git("tag", "-a", "-m", "one", "v1", string(first))
	repo := gitrepotest.Open(t, remote)
	var names []string
	for _, tip := range repo.Tips("") {
		names = append(names, string(tip.Ref))
	}
	want := []string{"refs/heads/main", "refs/heads/publish/x", "refs/levee/x", "refs/pull/7/head", "refs/tags/v1"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if got := repo.Tips("refs/heads/publish/"); len(got) != 1 || got[0].ID != gitrepo.ID(first) {
		t.Errorf("below refs/heads/publish/: %v", got)
	}
	tag := must(repo.Tag(t.Context(), must(repo.Tip("refs/tags/v1"))))
	if tag.Name != "v1" || tag.Target != gitrepo.ID(first) || tag.Kind != "commit" || tag.Message != "one\n" || tag.Tagger.Name != "Ada" {
		t.Errorf("the tag says %+v", tag)
	}

	remote.SetRef("refs/heads/publish/x", "")
	remote.SetRef("refs/notes/x", "")
	rewritten := remote.Commit("fresh", gitrepotest.Change{Write: map[string]string{"b": "1"}})
	remote.SetRef("refs/heads/main", string(rewritten))
	moves := must(repo.Fetch(t.Context()))
	if diff := cmp.Diff([]gitrepo.Move{
		{Ref: "refs/heads/fresh", New: gitrepo.ID(rewritten)},
		{Ref: "refs/heads/main", Old: gitrepo.ID(first), New: gitrepo.ID(rewritten)},
		{Ref: "refs/heads/publish/x", Old: gitrepo.ID(first)},
	}, moves); diff != "" {
		t.Error(diff)
	}
	if got := must(repo.RemoteTips(t.Context(), "refs/pull/")); len(got) != 2 {
		t.Errorf("the remote has below refs/pull/: %v", got)
	}
	// Every branch goes: the repository is empty, which is an answer.
	for _, tip := range repo.Tips("") {
		remote.SetRef(string(tip.Ref), "")
	}
	remote.SetRef("refs/pull/7/merge", "")
	if moves := must(repo.Fetch(t.Context())); len(moves) != 5 || len(repo.Tips("")) != 0 {
		t.Errorf("of an emptied repository %v moved and %v is left", moves, repo.Tips(""))
	}
}

func TestFailedFetchChangesNothing(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir, MaxFetch: 4000}
	repo := gitrepotest.OpenWith(t, opts)
	big := make([]byte, 1<<16)
	for i := range big {
		big[i] = byte(rand.Uint32())
	}
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"big": string(big)}})
	remote.SetRef("refs/heads/second", string(first))
	before := snapshot(t, opts.Dir)
	if _, err := repo.Fetch(t.Context()); !errors.Is(err, catalog.ErrTooLarge) {
		t.Errorf("fetch: %v", err)
	}
	if got := repo.Tips(""); len(got) != 1 || got[0].ID != gitrepo.ID(first) {
		t.Errorf("the refs are %v", got)
	}
	if diff := cmp.Diff(before, snapshot(t, opts.Dir)); diff != "" {
		t.Errorf("files changed: %s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := repo.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fetch: %v", err)
	}
	if err := os.Rename(remote.Dir, remote.Dir+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Fetch(t.Context()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("without the remote: %v", err)
	}
	if got := read(t, must(repo.Files(t.Context(), first)), "a"); got != "1\n" {
		t.Errorf("without the remote, a file has %q", got)
	}
}

// snapshot lists the files of a folder with their sizes.
func snapshot(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			sizes[path] = info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sizes
}

func TestIdleFetchWritesNothing(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir}
	repo := gitrepotest.OpenWith(t, opts)
	if err := os.Chtimes(filepath.Join(opts.Dir, "mirror.git", "packed-refs"), time.Time{}, gitrepotest.Start); err != nil {
		t.Fatal(err)
	}
	if moves, err := repo.Fetch(t.Context()); err != nil || len(moves) > 0 {
		t.Errorf("%v, %v", moves, err)
	}
	info, err := os.Stat(filepath.Join(opts.Dir, "mirror.git", "packed-refs"))
	if err != nil || !info.ModTime().Equal(gitrepotest.Start) {
		t.Errorf("the refs were written (%v)", err)
	}
}

func TestLocked(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir}
	repo := must(gitrepo.Open(t.Context(), opts))
	if _, err := gitrepo.Open(t.Context(), opts); !errors.Is(err, gitrepo.ErrLocked) {
		t.Errorf("a second Open: %v", err)
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	// A whole mirror opens without the remote.
	opts.Remote += ".away"
	repo = gitrepotest.OpenWith(t, opts)
	if got := read(t, must(repo.Files(t.Context(), remote.Branch("main"))), "a"); got != "1\n" {
		t.Errorf("it has %q", got)
	}
}

// TestDamagedMirror harms a closed mirror in every way and opens it again.
func TestDamagedMirror(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	for i := range 3 {
		remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": fmt.Sprint(i)}})
	}
	truncate := func(name string) error { return os.Truncate(name, 40) }
	empty := func(name string) error { return os.Truncate(name, 0) }
	flip := func(name string) error {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 0xff
		os.Remove(name)
		return os.WriteFile(name, data, 0o644)
	}
	end := func(name string) error {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		data[len(data)-1] ^= 0xff
		return errors.Join(os.Remove(name), os.WriteFile(name, data, 0o644))
	}
	for _, test := range []struct {
		glob string
		harm func(string) error
	}{
		{"objects/pack/*.pack", end},
		{"objects/pack/*.pack", os.Remove}, {"objects/pack/*.pack", truncate}, {"objects/pack/*.pack", empty},
		{"objects/pack/*.idx", os.Remove}, {"objects/pack/*.idx", truncate}, {"objects/pack/*.idx", flip},
		{"objects/pack/*.graph", os.Remove}, {"objects/pack/*.graph", truncate}, {"objects/pack/*.graph", flip},
		{"packs", os.Remove}, {"packs", empty}, {"packs", truncate}, {"packs", flip},
		{"packed-refs", os.Remove}, {"packed-refs", empty}, {"packed-refs", truncate}, {"HEAD", os.Remove},
		{"", os.RemoveAll}, {"", os.Remove},
	} {
		opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir}
		must(gitrepo.Open(t.Context(), opts)).Close()
		before := must(os.Readlink(filepath.Join(opts.Dir, "mirror.git")))
		files, err := filepath.Glob(filepath.Join(opts.Dir, "mirror.git", test.glob))
		if err != nil || len(files) == 0 {
			t.Fatalf("nothing matches %q: %v", test.glob, err)
		}
		if err := test.harm(files[0]); err != nil && test.glob != "" {
			t.Fatal(err)
		}
		repo, err := gitrepo.Open(t.Context(), opts)
		if err != nil {
			t.Errorf("%s: %v", test.glob, err)
			continue
		}
		if must(os.Readlink(filepath.Join(opts.Dir, "mirror.git"))) == before {
			t.Errorf("%s: it was taken as it is", test.glob)
		}
		checkMirror(t, repo, remote)
		checkSwept(t, opts.Dir)
		repo.Close()
	}
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir + ".away"}
	if _, err := gitrepo.Open(t.Context(), opts); !errors.Is(err, gitrepo.ErrNoRepository) {
		t.Errorf("without a remote: %v", err)
	}
	if rest, _ := filepath.Glob(filepath.Join(opts.Dir, "*")); len(rest) != 1 { // the lock
		t.Errorf("a mirror that was not built left %v", rest)
	}
}

// checkMirror reads everything of the tip of main.
func checkMirror(t *testing.T, repo *gitrepo.Repo, remote *gitrepotest.Remote) {
	t.Helper()
	tip := must(repo.Tip("refs/heads/main"))
	if tip != gitrepo.ID(remote.Branch("main")) {
		t.Errorf("main is at %s", tip)
	}
	if diff := cmp.Diff(lsTree(remote, "main"), walkFiles(t, must(repo.Files(t.Context(), catalog.Commit(tip))))); diff != "" {
		t.Error(diff)
	}
	for _, id := range must(repo.FirstParents(t.Context(), "", catalog.Commit(tip))) {
		must(repo.Commit(t.Context(), id))
	}
}

// checkSwept looks for what a crash or a rebuild left over.
func checkSwept(t *testing.T, dir string) {
	t.Helper()
	generations, _ := filepath.Glob(filepath.Join(dir, "generation-*"))
	if len(generations) != 1 {
		t.Errorf("there are the generations %v", generations)
	}
	rest, _ := filepath.Glob(filepath.Join(dir, "mirror.git/objects/pack/tmp-*"))
	if len(rest) != 0 {
		t.Errorf("there are the files %v", rest)
	}
}

// TestRottenPack harms a pack under an open mirror: what is found garbled is an
// error, and the next fetch heals it.
func TestRottenPack(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n-- b --\n2\n")
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir}
	must(gitrepo.Open(t.Context(), opts)).Close()
	packs, _ := filepath.Glob(filepath.Join(opts.Dir, "mirror.git/objects/pack/*.pack"))
	data := must(os.ReadFile(packs[0]))
	for i := 12; i < len(data)-20; i++ {
		data[i] ^= 0x55
	}
	if err := os.WriteFile(packs[0], data, 0o644); err != nil {
		t.Fatal(err)
	}
	repo := gitrepotest.OpenWith(t, opts) // the ends are right
	if _, err := repo.Commit(t.Context(), remote.Branch("main")); !errors.Is(err, gitrepo.ErrCorrupt) {
		t.Errorf("a garbled commit: %v", err)
	}
	if moves, err := repo.Fetch(t.Context()); err != nil || len(moves) != 0 {
		t.Errorf("the healing fetch: %v, %v", moves, err)
	}
	checkMirror(t, repo, remote)
	checkSwept(t, opts.Dir)
}

// TestBrokenRemote has a branch whose commit names a tree that is not there. Git
// does not serve it, and the mirror goes on with what it has.
func TestBrokenRemote(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n-- b --\n2\n")
	repo := gitrepotest.Open(t, remote)
	raw := "tree " + strings.Repeat("1", 40) + "\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nm\n"
	id := strings.TrimSpace(remote.GitInput(raw, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
	remote.SetRef("refs/heads/broken", id)
	if _, err := repo.Fetch(t.Context()); err == nil {
		t.Error("git served a commit without its tree")
	}
	checkMirror(t, repo, remote)
}

// TestSwapUnderReaders rebuilds the mirror again and again under readers of old
// files, and under pushes.
func TestSwapUnderReaders(t *testing.T) {
	remote := gitrepotest.New(t, "-- a/b/c --\n1\n-- d --\n2\n")
	first := remote.Branch("main")
	gone := remote.Commit("gone", gitrepotest.Change{From: first, Write: map[string]string{"g": "gone\n"}})
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir, MaxBytes: 1, CacheBytes: 1}
	repo := gitrepotest.OpenWith(t, opts)
	old := must(repo.Files(t.Context(), gone))
	remote.SetRef("refs/heads/gone", "")
	remote.Git("prune", "--expire=now")

	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if got := read(t, old, "g"); got != "gone\n" {
					t.Errorf("an old reader has %q", got)
				}
				tip := catalog.Commit(must(repo.Tip("refs/heads/main")))
				read(t, must(repo.Files(t.Context(), tip)), "a/b/c")
				must(repo.Descends(t.Context(), tip, first))
			}
		})
	}
	wg.Go(func() {
		for i := range 10 {
			tip := catalog.Commit(must(repo.Tip("refs/heads/main")))
			b, id := draft(t, repo, tip, fmt.Sprint("p", i), "x")
			if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
				t.Errorf("push %d: %v", i, err)
			}
			if got := must(repo.Tip("refs/heads/main")); got != gitrepo.ID(id) {
				t.Errorf("push %d: the mirror is at %s", i, got)
			}
			must(repo.Commit(t.Context(), id))
		}
	})
	links := map[string]bool{}
	for i := range 12 {
		remote.Commit("side", gitrepotest.Change{Write: map[string]string{"s": fmt.Sprint(i)}})
		if _, err := repo.Fetch(t.Context()); err != nil {
			t.Error(err)
		}
		links[must(os.Readlink(filepath.Join(opts.Dir, "mirror.git")))] = true
	}
	stop()
	wg.Wait()
	if len(links) < 4 {
		t.Errorf("there were only %d generations", len(links))
	}
	must(repo.Fetch(t.Context()))
	checkMirror(t, repo, remote)
	checkSwept(t, opts.Dir)
}

// TestManyPushesFewPacks lets the mirror join its packs, and reads everything
// afterwards, also after opening it again and with git.
func TestManyPushesFewPacks(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: remote.Dir}
	repo := must(gitrepo.Open(t.Context(), opts))
	for i := range 60 {
		tip := catalog.Commit(must(repo.Tip("refs/heads/main")))
		b, id := draft(t, repo, tip, fmt.Sprintf("p/%d", i%7), fmt.Sprint(i))
		if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
			t.Fatal(err)
		}
	}
	checkMirror(t, repo, remote)
	repo.Close()
	packs, _ := filepath.Glob(filepath.Join(opts.Dir, "mirror.git/objects/pack/*.pack"))
	if len(packs) > 25 {
		t.Errorf("there are %d packs", len(packs))
	}
	repo = gitrepotest.OpenWith(t, opts)
	checkMirror(t, repo, remote)
	fsck := exec.Command("git", "--git-dir", "mirror.git", "fsck", "--full", "--strict")
	fsck.Dir = opts.Dir
	if out, err := fsck.CombinedOutput(); err != nil {
		t.Errorf("git finds the mirror wrong: %v\n%s", err, out)
	}
}

// victim fetches, pushes and rebuilds until it is killed.
func victim(dir, remote string) {
	ctx := context.Background()
	for i := 0; ; i++ {
		opts := gitrepo.Options{Dir: dir, Remote: remote}
		if i%2 == 1 {
			opts.MaxBytes = 1 // every fetch rebuilds
		}
		repo, err := gitrepo.Open(ctx, opts)
		if err != nil {
			fmt.Fprintln(os.Stderr, "open:", err)
			os.Exit(3)
		}
		fmt.Println("open")
		for n := range 8 {
			if _, err := repo.Fetch(ctx); err != nil {
				fmt.Fprintln(os.Stderr, "fetch:", err)
				os.Exit(3)
			}
			tip := catalog.Commit(must(repo.Tip("refs/heads/main")))
			b := must(repo.Batch(ctx, tip))
			if err := b.Put(fmt.Sprintf("v/%d", n), catalog.File, fmt.Appendf(nil, "%d %d", os.Getpid(), i)); err != nil {
				panic(err)
			}
			id := must(b.Commit(ctx, gitrepo.Draft{Message: "victim", Author: bot}))
			// The push of a victim before may still be under way.
			if err := repo.Push(ctx, b, gitrepo.Advance("main", tip, id)); err != nil && !errors.Is(err, gitrepo.ErrStale) {
				fmt.Fprintln(os.Stderr, "push:", err)
				os.Exit(3)
			}
		}
		repo.Close()
	}
}

// TestKilledAnywhere kills a process that works on a mirror, again and again, and
// opens what it left.
func TestKilledAnywhere(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	remote.Git("config", "receive.fsckObjects", "true")
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(11, 1))
	for range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "GITREPO_TEST_VICTIM="+dir, "GITREPO_TEST_REMOTE="+remote.Dir)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 4)); err != nil {
			cmd.Wait()
			t.Fatalf("the victim did not open its mirror: %v\n%s", err, errs.String())
		}
		time.Sleep(time.Duration(rng.IntN(120)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if errs.Len() > 0 {
			t.Fatalf("the victim failed by itself: %s", errs.String())
		}
		waitForGit(t, remote)
		repo, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: dir, Remote: remote.Dir})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := repo.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkMirror(t, repo, remote)
		checkSwept(t, dir)
		repo.Close()
	}
	if out, err := remote.TryGit("fsck", "--strict"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

// waitForGit waits for a receive-pack that outlives its client: until the ref and
// the objects of the remote have been still for a while.
func waitForGit(t *testing.T, remote *gitrepotest.Remote) {
	t.Helper()
	still, last := 0, ""
	for range 500 {
		locks, _ := filepath.Glob(filepath.Join(remote.Dir, "refs/heads/*.lock"))
		incoming, _ := filepath.Glob(filepath.Join(remote.Dir, "objects/tmp_objdir-*"))
		now := string(remote.Branch("main"))
		if still++; len(locks)+len(incoming) > 0 || now != last {
			still, last = 0, now
		}
		if still == 5 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the remote does not come to rest")
}
