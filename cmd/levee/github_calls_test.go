package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/cmd/levee/internal/system"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// varying are the parts of an address that differ from change to change.
var varying = regexp.MustCompile(`[0-9a-f]{40}|\b[0-9]+\b`)

// calls counts the requests since an earlier one, by method and address. What was
// answered "not modified" costs nothing of GitHub's limit, and is counted apart.
func (w *hubWorld) calls(from int) string {
	fresh, known, names := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, r := range w.hub.Requests()[from:] {
		path, _, _ := strings.Cut(r.Path, "?")
		path = varying.ReplaceAllString(strings.TrimPrefix(path, "/repos/acme/catalog"), "*")
		name := fmt.Sprintf("%-5s %s", r.Method, path)
		if names[name] = true; r.Status == http.StatusNotModified {
			known[name]++
		} else {
			fresh[name]++
		}
	}
	var b strings.Builder
	sum := [2]int{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&b, "  %-40s %3d %3d\n", name, fresh[name], known[name])
		sum[0], sum[1] = sum[0]+fresh[name], sum[1]+known[name]
	}
	fmt.Fprintf(&b, "  %-40s %3d %3d\n", "all", sum[0], sum[1])
	return b.String()
}

// TestCallsOnGitHub counts what one app's change asks of GitHub from its opening to its
// landing, and what a look costs that finds nothing new, in a daemon that stays. The
// second column is what was answered "not modified".
func TestCallsOnGitHub(t *testing.T) {
	var b strings.Builder
	for _, as := range []identity{asApp, asToken} {
		w := onHub(newWorld(t, "board"), as, "mergeWhenApproved: true\n")
		s, err := system.Open(t.Context(), filepath.Join(w.dir, "levee.yaml"), terminal.IO{Out: &w.out, Err: &w.out, Now: w.now, Sleep: w.sleep}, kinds, system.Serving)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		look := func(what string) {
			t.Helper()
			w.later(time.Minute)
			from := len(w.hub.Requests())
			if _, err := s.Rec.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s, as %s\n%s", what, as.name, w.calls(from))
		}
		look("the first look, nothing open")
		look("nothing open")
		number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
		look("opened")
		look("the look after it")
		look("waiting")
		w.later(5 * time.Minute)
		w.hub.Review(number, "ben", "APPROVED", "fine", "")
		look("approved and landed")
		if w.runs("staging")["board"] != "1.1.0" {
			t.Errorf("it runs %v\n%s", w.runs("staging"), &w.out)
		}
		look("the look after it")
		look("nothing open any more")
	}
	golden := filepath.Join("testdata", "github-calls.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; run with -update and read it", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("other calls (-want +got):\n%s", diff)
	}
}
