package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/reconciler/check/history"
)

// key is put together here, so that nobody's scan finds it in this file.
func key(last string) string { return "AKIA" + "Y34FZKBOKMUTVV7" + last }

// TestScan: what was ever committed is found where it first came in, whatever took it out again, on
// whichever branch it is, in files, in messages and in what tags say, and nowhere twice.
func TestScan(t *testing.T) {
	r := gitrepotest.NewEmpty(t)
	names := map[catalog.Commit]string{}
	commit := func(name, branch string, c gitrepotest.Change) catalog.Commit {
		id := r.Commit(branch, c)
		names[id] = name
		return id
	}
	write := func(p, content string) map[string]string { return map[string]string{p: content} }
	first := commit("first", "main", gitrepotest.Change{Write: write("a/x.md", "one\nk: "+key("A")+"\n")})
	commit("again", "main", gitrepotest.Change{Write: write("a/x.md", "k: "+key("A")+"\nmore\n")})
	commit("gone", "main", gitrepotest.Change{Delete: []string{"a"}})
	side := commit("side", "side", gitrepotest.Change{From: first, Write: write("b.md", "k: "+key("B"))})
	commit("merge", "main", gitrepotest.Change{Parents: []catalog.Commit{side}, Write: map[string]string{"b.md": "k: " + key("B"), "c.md": "k: " + key("C")}})
	commit("moved", "main", gitrepotest.Change{Delete: []string{"c.md"}, Write: write("d.md", "k: "+key("C"))})
	commit("said", "main", gitrepotest.Change{Message: "deploy with " + key("D")})
	commit("link", "main", gitrepotest.Change{Link: map[string]string{"l": key("E")}})
	commit("picture", "other", gitrepotest.Change{Write: write("e.png", "PNG\x00"+key("F"))})
	r.Git("tag", "-a", "-m", "made with "+key("2"), "v1", string(first))
	r.Git("tag", "light", string(side))

	repo := gitrepotest.Open(t, r)
	if _, err := repo.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls := 0
	scanned, err := history.Scan(t.Context(), repo, secretscan.New(), func(done, all int) {
		if calls++; done != calls || all != len(names) {
			t.Errorf("progress %d of %d at the call %d", done, all, calls)
		}
	})
	if err != nil || scanned.Commits != len(names) || calls != len(names) {
		t.Fatalf("%d commits, %d calls, %v; there are %d", scanned.Commits, calls, err, len(names))
	}
	var got []string
	for _, f := range scanned.Found {
		for _, one := range f.File.Findings {
			got = append(got, fmt.Sprintf("%s: %s%s:%d %s", names[f.Commit], f.File.Path, f.In, one.Line, one.Kind))
		}
		if f.File.Unread != "" {
			got = append(got, fmt.Sprintf("%s: %s unread", names[f.Commit], f.File.Path))
		}
		if f.When.Before(gitrepotest.Start) {
			t.Errorf("%s came at %s", f.File.Path, f.When)
		}
	}
	want := []string{
		"first: the tag v1:1 AWS access token",
		"first: a/x.md:2 AWS access token",
		"side: b.md:1 AWS access token",
		"merge: c.md:1 AWS access token",
		"said: the message:1 AWS access token",
		"picture: e.png unread",
	}
	if diff := cmp.Diff(sortedLines(want), sortedLines(got)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func sortedLines(lines []string) map[string]int {
	all := map[string]int{}
	for _, l := range lines {
		all[strings.TrimSpace(l)]++
	}
	return all
}
