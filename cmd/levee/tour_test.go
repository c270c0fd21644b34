package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTour types what the README says, word for word, on a machine where git knows
// nobody, from the folder of the two commands.
func TestTour(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	until, _, _ := strings.Cut(string(readme), "## What is here")
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(until, -1) {
		script.WriteString(block[1])
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "bin", "levee")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	checkout := filepath.Join(dir, "levee")
	if err := os.Mkdir(checkout, 0o755); err != nil {
		t.Fatal(err)
	}
	typed := strings.Replace(script.String(), "make build && ", "", 1)
	if typed == script.String() {
		t.Fatal("the tour does not begin by building the program")
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", typed)
	cmd.Dir = checkout
	cmd.Env = []string{
		"HOME=" + home, "PATH=" + filepath.Dir(program) + ":" + os.Getenv("PATH"), "TMPDIR=" + os.Getenv("TMPDIR"),
		"GIT_CONFIG_NOSYSTEM=1", "LANG=C.UTF-8",
	}
	raw, err := cmd.CombinedOutput()
	out := string(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, said := range []string{
		"1 app: 1 allowed", "create hello-board in staging: done", "apps/operations/hello-board/app.yaml: needs approval",
		"publish/who-is-in: Nothing to fix; waiting for the product owner", "+  version: 0.2.0", "published as levee/review/publish/who-is-in/ben/1",
		"landed as ", "update hello-board in staging: done", "staging: hello-board contained", "recorded; the daemon applies it with its next pass",
		"Contain hello-board: it shows too much", "verified against this machine", "nothing found",
	} {
		if !strings.Contains(out, said) {
			t.Errorf("the tour does not say %q:\n%s", said, out)
		}
	}
	if strings.Contains(out, "WARNING") {
		t.Errorf("the tour warns:\n%s", out)
	}
}
