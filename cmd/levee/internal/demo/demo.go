package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// Demo is the world in which the story is played. Its clock is moved by the story;
// everything else is real.
type Demo struct {
	ctx   context.Context
	out   io.Writer
	dir   string
	clock time.Time
	keys  map[string]*sshkey.Signer
	last  string // what the last command said
	acts  int
	run   Run
}

// Run runs a command line of the program, and returns its exit code.
type Run func(ctx context.Context, args []string, std terminal.IO) int

// New is a world in a folder, on a morning in March. What is told and what its commands say
// goes to out.
func New(ctx context.Context, out io.Writer, dir string, run Run) *Demo {
	return &Demo{ctx: ctx, out: out, dir: dir, run: run, clock: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC), keys: map[string]*sshkey.Signer{}}
}

// story is what is played: how its world begins, its acts, and what runs in it.
type story struct {
	found func() error
	acts  []act
	runs  func(environment, app string) string // a version, or "nothing"
}

// PlayInFolder plays the whole story, with a folder as target. It is an error where anything goes
// another way than the story says.
func (d *Demo) PlayInFolder() error {
	return d.play(story{found: d.foundInFolder, acts: folderActs(), runs: d.runs})
}

// act is one scene: what is told, what is done, and what must then be so.
type act struct {
	title string
	do    func(*Demo) error
	wants []string // in what the last command said
	runs  string   // what production runs of the app the story is about
}

func (d *Demo) play(s story) error {
	if err := s.found(); err != nil {
		return err
	}
	for _, a := range s.acts {
		d.acts++
		fmt.Fprintf(d.out, "\n── %d. %s\n", d.acts, a.title)
		if err := a.do(d); err != nil {
			return fmt.Errorf("demo, act %d: %w", d.acts, err)
		}
		for _, want := range a.wants {
			if !strings.Contains(d.last, want) {
				return fmt.Errorf("demo, act %d: the output lacks %q:\n%s", d.acts, want, d.last)
			}
		}
		if a.runs != "" {
			if got := s.runs("production", subject); got != a.runs {
				return fmt.Errorf("demo, act %d: production runs %s %s instead of %s", d.acts, subject, got, a.runs)
			}
		}
	}
	fmt.Fprintf(d.out, "\n%d acts, all as told.\n", d.acts)
	return nil
}

// levee runs a command as from a shell and shows what it says.
func (d *Demo) levee(show bool, args ...string) error {
	var out bytes.Buffer
	line := ""
	for _, arg := range args {
		if strings.Contains(arg, " ") {
			arg = "'" + arg + "'"
		}
		line += " " + arg
	}
	args = append(args, "--config", filepath.Join(d.dir, "levee.yaml"))
	code := d.run(d.ctx, args, terminal.IO{Out: &out, Err: &out, Now: func() time.Time { return d.clock }})
	d.last = out.String()
	if show {
		fmt.Fprintf(d.out, "$ levee%s\n%s", strings.ReplaceAll(line, d.dir+"/", ""), indent(d.last))
	}
	if code > exit.CodeNo && !strings.Contains(d.last, "\nfrozen: ") && !strings.HasPrefix(d.last, "frozen: ") { // which the story wants to see
		return fmt.Errorf("levee%s: exit code %d\n%s", line, code, d.last)
	}
	return nil
}

// pass lets time go by and the daemon look.
func (d *Demo) pass(after time.Duration) error {
	d.clock = d.clock.Add(after)
	return d.levee(true, "reconcile", "--once")
}

// Serve runs the daemon on what the story left, until it is interrupted. Its clock
// goes on from where the story ended.
func (d *Demo) Serve(std terminal.IO) error {
	fmt.Fprintf(d.out, "The daemon goes on from %s; an interrupt ends it.\n", d.clock.Format("2 January 2006"))
	ended := time.Now()
	std.Now = func() time.Time { return d.clock.Add(time.Since(ended)) }
	if code := d.run(d.ctx, []string{"serve", "--config", filepath.Join(d.dir, "levee.yaml")}, std); code != exit.CodeFine {
		return fmt.Errorf("serve: exit code %d", code)
	}
	return nil
}

// morning is a pass of the daemon just after the review of a day has come.
func (d *Demo) morning(month time.Month, day int) error {
	d.clock = time.Date(2026, month, day, 7, 1, 0, 0, time.UTC) // nine o'clock in Berlin
	fmt.Fprintf(d.out, "%s\n", d.clock.Format("Monday, 2 January"))
	return d.pass(0)
}

func (d *Demo) git(args ...string) (string, error) {
	cmd := exec.CommandContext(d.ctx, "git", append([]string{"--git-dir", filepath.Join(d.dir, "catalog.git")}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, out)
	}
	return string(out), nil
}

// commit pushes files to a branch, signed by a person, from where the branch or
// main is.
func (d *Demo) commit(person, branch, message string, files map[string]string) error {
	repo, err := gitrepo.Open(d.ctx, gitrepo.Options{Dir: filepath.Join(d.dir, "people"), Remote: filepath.Join(d.dir, "catalog.git")})
	if err != nil {
		return err
	}
	defer repo.Close()
	if _, err := repo.Fetch(d.ctx); err != nil {
		return err
	}
	old, _ := repo.Tip(gitrepo.Branch(branch))
	from := old
	if from == "" {
		from, _ = repo.Tip(gitrepo.Branch("main"))
	}
	b, err := repo.Batch(d.ctx, catalog.Commit(from))
	if err != nil {
		return err
	}
	for p, content := range files {
		if err := b.Put(p, catalog.File, []byte(content)); err != nil {
			return err
		}
	}
	d.clock = d.clock.Add(time.Minute)
	who := gitrepo.Person{Name: person, Email: person + "@example.com", When: d.clock}
	if _, err := b.Commit(d.ctx, gitrepo.Draft{Message: message, Author: who, Signer: d.keys[person]}); err != nil {
		return err
	}
	return repo.Push(d.ctx, b, gitrepo.Update{Ref: gitrepo.Branch(branch), Old: old, New: gitrepo.ID(b.Tip())})
}

// approve signs a review.
func (d *Demo) approve(person, branch string) error {
	return d.levee(true, "approve", "publish/"+branch, "--as", person, "--key", filepath.Join(d.dir, person+".key"))
}

// runs is the version of an app that the target runs.
func (d *Demo) runs(environment, app string) string {
	raw, err := os.ReadFile(filepath.Join(d.dir, "run", environment, "apps", app+".json"))
	if err != nil {
		return "nothing"
	}
	_, rest, _ := strings.Cut(string(raw), `"version":"`)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ") + "\n"
}
