package reconcilertest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// Place is where a world is, and what anybody can do and see there without a daemon: push,
// edit files, read the ledger with Git, and look into the folder that apps run in. Its
// methods end the test where something fails that no story is about.
type Place struct {
	T      testing.TB
	Dir    string // of all that is not the repository: apps are below run, what a process keeps below data
	Remote *gitrepotest.Remote
	Keys   map[string]*gitrepotest.Key
}

// Publish pushes a signed commit to a publish branch that starts at main.
func (p Place) Publish(person, branch string, files Files) catalog.Commit {
	p.T.Helper()
	c := gitrepotest.Change{Write: Files{}, From: p.Remote.Branch("main"), Author: fmt.Sprintf("%s <%s@example.com>", person, person), Key: p.Keys[person]}
	for name, content := range files {
		if content == "" {
			c.Delete = append(c.Delete, name)
		} else {
			c.Write[name] = content
		}
	}
	return p.Remote.Commit("publish/"+branch, c)
}

// Push is a push to main past everything.
func (p Place) Push(files Files) catalog.Commit {
	p.T.Helper()
	return p.Remote.Commit("main", gitrepotest.Change{Write: files, Message: "forced", Key: p.Keys["eve"]})
}

// Log is the ledger as an auditor reads it, a sentence a record, oldest first.
func (p Place) Log() []string {
	p.T.Helper()
	var log []string
	for message := range strings.SplitSeq(p.Remote.Git("log", "--reverse", "--format=%B%x00", "levee/ledger"), "\x00") {
		first, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
		several := false
		for line := range strings.Lines(rest) {
			if sentence, ok := strings.CutPrefix(line, "- "); ok {
				log, several = append(log, strings.TrimSpace(sentence)), true
			}
		}
		if !several && first != "" {
			log = append(log, first)
		}
	}
	return log
}

// Write writes a file by hand.
func (p Place) Write(name, content string) {
	p.T.Helper()
	p.must(os.WriteFile(filepath.Join(p.Dir, name), []byte(content), 0o644))
}

// Read is what a file holds.
func (p Place) Read(name string) string {
	p.T.Helper()
	raw, err := os.ReadFile(filepath.Join(p.Dir, name))
	p.must(err)
	return string(raw)
}

// Runs is what runs in an environment: app → version.
func (p Place) Runs(environment string) map[string]string {
	p.T.Helper()
	found := map[string]string{}
	dir := filepath.Join("run", environment, "apps")
	entries, err := os.ReadDir(filepath.Join(p.Dir, dir))
	if err != nil && !os.IsNotExist(err) {
		p.T.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".health.json") {
			continue // which is beside what runs
		}
		_, rest, _ := strings.Cut(p.Read(filepath.Join(dir, e.Name())), `"version":"`)
		version, _, _ := strings.Cut(rest, `"`)
		found[strings.TrimSuffix(e.Name(), ".json")] = version
	}
	return found
}

// InTarget is every file in the target, but what it keeps for itself, by path.
func (p Place) InTarget() Files {
	p.T.Helper()
	found := Files{}
	root := filepath.Join(p.Dir, "run")
	p.must(filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(file, ".levee") {
			return err
		}
		raw, err := os.ReadFile(file)
		found[strings.TrimPrefix(file, root)] = string(raw)
		return err
	}))
	return found
}

// WantRuns compares what runs in an environment with "app=version" words.
func (p Place) WantRuns(environment string, want ...string) {
	p.T.Helper()
	var got []string
	for app, version := range p.Runs(environment) {
		got = append(got, app+"="+version)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		p.T.Errorf("%s runs %v, want %v", environment, got, want)
	}
}

func (p Place) must(err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
}
