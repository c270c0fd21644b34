package gitrepo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

var bot = gitrepo.Person{Name: "Levee", Email: "levee@example.com", When: time.Date(2026, 5, 1, 8, 0, 0, 0, time.FixedZone("", 7200))}

// read reads a file, or ends the test.
func read(t *testing.T, f *gitrepo.Files, path string) string {
	t.Helper()
	e, ok, err := f.Entry(t.Context(), path)
	if err != nil || !ok {
		t.Fatalf("look up %q: %v, %v", path, ok, err)
	}
	data, err := f.Read(t.Context(), e, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// must returns a value, or panics: for calls whose failure is not the point.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestStory(t *testing.T) {
	ctx := context.Background()
	remote := gitrepotest.New(t, `
Start the catalog
-- catalog.yaml --
kind: Catalog
-- apps/hello/app.yaml --
kind: App
-- bin/run* --
#!/bin/sh
`)
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)

	if got := repo.Head(); got != "refs/heads/main" {
		t.Errorf("Head() = %q", got)
	}
	c := must(repo.Commit(ctx, first))
	if c.Message != "Start the catalog\n" || c.Author.Name != "Ada" || !c.Author.When.Equal(gitrepotest.Start) {
		t.Errorf("Commit() = %+v", c)
	}
	files := must(repo.Files(ctx, first))
	var names []string
	for _, e := range must(files.List(ctx, "")) {
		names = append(names, e.Path)
	}
	if diff := cmp.Diff([]string{"apps", "bin", "catalog.yaml"}, names); diff != "" {
		t.Error(diff)
	}
	if e, _, _ := files.Entry(ctx, "bin/run"); e.Mode != catalog.Executable {
		t.Errorf("bin/run has the mode %v", e.Mode)
	}

	key := gitrepotest.NewKey(t, "levee")
	b := must(repo.Batch(ctx, first))
	if err := b.Put("apps/hello/app.yaml", catalog.File, []byte("kind: App # 2\n")); err != nil {
		t.Fatal(err)
	}
	second := must(b.Commit(ctx, gitrepo.Draft{Message: "Change\n\nApp: hello\n", Author: bot, Signer: key.Signer}))
	if err := repo.Push(ctx, b, gitrepo.Advance("main", first, second)); err != nil {
		t.Fatal(err)
	}
	if got := remote.Branch("main"); got != second {
		t.Errorf("main is at %s, not %s", got, second)
	}
	if got := read(t, must(repo.Files(ctx, second)), "apps/hello/app.yaml"); got != "kind: App # 2\n" {
		t.Errorf("the mirror has %q", got)
	}
	if moves := must(repo.Fetch(ctx)); moves != nil {
		t.Errorf("a fetch after a push moved %v", moves)
	}
	third := remote.Commit("main", gitrepotest.Change{Write: map[string]string{"x": "y"}, Key: key})
	want := []gitrepo.Move{{Ref: "refs/heads/main", Old: gitrepo.ID(second), New: gitrepo.ID(third)}}
	if diff := cmp.Diff(want, must(repo.Fetch(ctx))); diff != "" {
		t.Error(diff)
	}
	if got := must(must(repo.Commit(ctx, third)).Verify([]sshkey.PublicKey{key.Public})); !got.Equal(key.Public) {
		t.Errorf("git's signature is by %s", got)
	}
	if err := repo.Push(ctx, b, gitrepo.Advance("main", first, second)); !errors.Is(err, gitrepo.ErrStale) {
		t.Errorf("a second push: %v", err)
	}
	remote.Git(append(key.Config(), "verify-commit", string(second))...)
	remote.Git("fsck", "--strict", "--full")
	if out, err := remote.TryGit("fsck", "--strict", "--full"); err != nil || out != "" {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}
