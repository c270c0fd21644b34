//go:build linux

package main

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"sigs.k8s.io/yaml"
)

// A floor is what the least that has to be done takes by itself: a row that has one says
// so beside what was measured.

// checkFloor reads every manifest of a catalog, parses it as YAML and hashes it, on all
// processors.
func (t *budgets) checkFloor(dir string) time.Duration {
	t.b.Helper()
	began := time.Now()
	files := make(chan string)
	var side sync.WaitGroup
	for range cpus() {
		side.Go(func() {
			for name := range files {
				raw, err := os.ReadFile(name)
				if err != nil {
					t.b.Error(err)
					continue
				}
				var value any
				_ = yaml.Unmarshal(raw, &value) // some of the catalog is no YAML
				_ = sha256.Sum256(raw)
			}
		})
	}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(name) == ".yaml" {
			files <- name
		}
		return err
	})
	close(files)
	side.Wait()
	if err != nil {
		t.b.Fatal(err)
	}
	return time.Since(began)
}

// pushFloor has git push what a branch has beyond another of its commits, or all of it, to
// a repository that lacks it.
func (t *budgets) pushFloor(w *world, branch, since string) time.Duration {
	t.b.Helper()
	to := filepath.Join(t.b.TempDir(), "floor.git")
	git := func(args ...string) time.Duration {
		t.b.Helper()
		began := time.Now()
		if out, err := exec.Command("git", append([]string{"-C", w.remote.Dir}, args...)...).CombinedOutput(); err != nil {
			t.b.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return time.Since(began)
	}
	git("init", "-q", "--bare", to)
	if since != "" {
		git("push", "-q", to, since+":refs/heads/floor")
	}
	return git("push", "-q", to, "refs/heads/"+branch+":refs/heads/floor")
}

// filesFloor writes what lies in a folder once more, each file synced and renamed, as
// many at once as a target gets.
func (t *budgets) filesFloor(dir string, atOnce int) time.Duration {
	t.b.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.b.Fatal(err)
	}
	to := t.b.TempDir()
	began := time.Now()
	next := make(chan string)
	var side sync.WaitGroup
	for range atOnce {
		side.Go(func() {
			for name := range next {
				if err := writeSynced(filepath.Join(to, filepath.Base(name)), name); err != nil {
					t.b.Error(err)
				}
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	side.Wait()
	return time.Since(began)
}

func writeSynced(to, from string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(to), "staged")
	if err != nil {
		return err
	}
	if _, err = f.Write(raw); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), to)
}
