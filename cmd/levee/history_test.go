package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// fastImport writes commits of the branch main of a new repository, and others from its last one, all at once and
// packed, as git fast-import reads them.
type fastImport struct {
	t       testing.TB
	remote  *gitrepotest.Remote
	stream  strings.Builder
	commits int
	last    int // commit of main, by number
}

func newHistory(t testing.TB) *fastImport {
	return &fastImport{t: t, remote: gitrepotest.NewEmpty(t)}
}

// commit adds a commit that writes some files, and returns its number.
func (h *fastImport) commit(files map[string]string) int {
	h.last = h.change("main", h.last, files)
	return h.last
}

// branch adds a commit on a branch of its own, which begins with the last one of main.
func (h *fastImport) branch(name string, files map[string]string) int {
	return h.change(name, h.last, files)
}

func (h *fastImport) change(branch string, from int, files map[string]string) int {
	h.commits++
	fmt.Fprintf(&h.stream, "commit refs/heads/%s\nmark :%d\ncommitter Ada <ada@example.com> %d +0000\ndata 7\nchange\n\n", branch, h.commits, gitrepotest.Start.Unix()+int64(60*h.commits))
	if from > 0 {
		fmt.Fprintf(&h.stream, "from :%d\n", from)
	}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&h.stream, "M 100644 inline %s\ndata %d\n%s\n", p, len(files[p]), files[p])
	}
	h.stream.WriteString("\n")
	return h.commits
}

// past makes the commits that end in some files: the last changes of the apps, one
// a commit, up to some number of commits.
func (h *fastImport) past(files map[string]string, commits int) {
	first, then := maps.Clone(files), []string{}
	for p, content := range files {
		if strings.HasPrefix(p, "apps/") && strings.HasSuffix(p, "/app.yaml") {
			then = append(then, p)
			first[p] = strings.Replace(content, "  title: ", "  title: Draft of ", 1)
		}
	}
	slices.Sort(then)
	for _, p := range then[min(commits-1, len(then)):] {
		first[p] = files[p]
	}
	h.commit(first)
	for i := range commits - 1 {
		p := then[i%min(commits-1, len(then))]
		h.commit(map[string]string{p: files[p]})
	}
}

// write makes the commits and returns their ids, by number from 1.
func (h *fastImport) write() []catalog.Commit {
	h.t.Helper()
	marks := filepath.Join(h.t.TempDir(), "marks")
	h.remote.GitInput(h.stream.String(), "fast-import", "--quiet", "--export-marks="+marks)
	raw, err := os.ReadFile(marks)
	if err != nil {
		h.t.Fatal(err)
	}
	ids := make([]catalog.Commit, h.commits+1)
	for line := range strings.Lines(string(raw)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil {
			h.t.Fatal(err)
		}
		ids[mark] = catalog.Commit(id)
	}
	return ids
}
