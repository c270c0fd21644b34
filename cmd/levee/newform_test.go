package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// screen is a terminal with somebody before it.
type screen struct {
	t       *testing.T
	keys    *os.File // what is typed goes in
	tty     *os.File
	shows   *vt.SafeEmulator
	printed bytes.Buffer
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	const rows, columns = 60, 100
	keys, tty, err := pty.Open()
	if err != nil {
		t.Fatalf("no terminal can be had: %v", err)
	}
	if err := pty.Setsize(keys, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, keys: keys, tty: tty, shows: vt.NewSafeEmulator(columns, rows)}
	go func() { _, _ = io.Copy(s.shows, keys) }() // until it is closed
	go func() { _, _ = io.Copy(keys, s.shows) }() // what a terminal answers when it is asked what it can do
	t.Cleanup(func() { _ = tty.Close(); _ = keys.Close() })
	return s
}

// text is what is to be read on the screen.
func (s *screen) text() string { return strings.TrimSpace(ansi.Strip(s.shows.Render())) }

// answer waits until something is asked, and types.
func (s *screen) answer(question, keys string) {
	s.t.Helper()
	reconcilertest.Until(s.t, "it asks "+question, func() bool { return strings.Contains(s.text(), question) })
	if _, err := s.keys.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// run runs a command before the screen.
func (s *screen) run(args ...string) (ended chan int) {
	ended = make(chan int, 1)
	go func() {
		ended <- run(s.t.Context(), args, terminal.IO{In: s.tty, Out: &s.printed, Err: &s.printed, Now: time.Now, Terminal: true, Screen: s.tty})
	}()
	return ended
}

// TestNewForm: on a terminal a form asks for what it takes to begin an app, suggests, and writes nothing
// before somebody agrees; a line each, where a screen reader reads.
func TestNewForm(t *testing.T) {
	const at = "apps/operations/room-finder/app.yaml"
	for plain, enter := range map[string]string{"": "\r", "1": "\n"} {
		for _, agrees := range []string{"y", "n", "\x03", "\x04"} {
			if plain == "" == (agrees == "\x04") { // a terminal in lines is ended with that, and the test would be with the other
				continue
			}
			t.Run(fmt.Sprintf("plain=%s %q", plain, agrees), func(t *testing.T) {
				t.Setenv("ACCESSIBLE", plain)
				t.Setenv("TERM", "xterm-256color")
				dir := t.TempDir()
				if out, code := quietly(t, "init", dir); code != exit.CodeFine {
					t.Fatal(code, out)
				}
				before := pages(t, dir)
				s := newScreen(t)
				ended := s.run("new", "--catalog", dir)
				s.answer("What is the app called", "Room Finder"+enter)
				if plain == "" {
					s.answer("did you mean room-finder?", strings.Repeat("\x7f", len("Room Finder"))+"room-finder"+enter)
				} else {
					s.answer("did you mean room-finder?", "room-finder"+enter)
				}
				if plain == "" { // pages, with a bar beside what is asked
					s.answer("┃ What do people call it?", enter)
					s.answer("┃ What is it for?", "Shows free rooms."+enter)
					s.answer("┃ Who answers for it?", "j"+enter) // ben
					s.answer("┃ How sensitive", enter)
					s.answer("┃ Who may use it?", enter)
					s.answer("┃ Who pays?", "x"+enter)
					s.answer("┃ What may it cost", "7"+enter)
				} else {
					s.answer("What do people call it?", enter)
					s.answer("What is it for?", enter)
					s.answer("say a few words", "Shows free rooms."+enter)
					s.answer("Who answers for it?", "2"+enter)
					s.answer("How sensitive", enter)
					s.answer("Who may use it? [everyone]", enter)
					s.answer("Who pays? [ops-100]", "ops-100x"+enter)
					s.answer("What may it cost", "7"+enter)
				}
				if pages(t, dir)[at] != "" {
					t.Error("it was written before anybody agreed")
				}
				if plain != "" && agrees != "\x04" {
					agrees += enter
				}
				s.answer("Is this to be written?", agrees)
				code := <-ended
				if agrees[0] != 'y' {
					if after := pages(t, dir); code != exit.CodeNo || !maps.Equal(before, after) || !strings.Contains(s.printed.String(), "nothing was written") {
						t.Errorf("exit code %d\n%s", code, &s.printed)
					}
					return
				}
				if code != exit.CodeFine || !strings.Contains(s.printed.String(), "1 allowed") {
					t.Errorf("exit code %d\n%s", code, &s.printed)
				}
				for _, line := range []string{"name: room-finder", `title: "Room finder"`, `description: "Shows free rooms."`, "person: ben", "fallback: ana", "team: operations", "- everyone", "costCenter: ops-100x", "monthly: 7", "classification: internal"} {
					if !strings.Contains(pages(t, dir)[at], line) {
						t.Errorf("the file lacks %s:\n%s", line, pages(t, dir)[at])
					}
				}
			})
		}
	}
}

// TestNewFormNobody: where no terminal is, or a flag says something of the app, nobody is asked.
func TestNewFormNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, code := quietly(t, "init", dir); code != exit.CodeFine {
		t.Fatal(code, out)
	}
	if out, code := aloud(t, "new", "--catalog", dir); code != exit.CodeUsage || !strings.Contains(out, "levee new APP") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	s := newScreen(t)
	if code := <-s.run("new", "room-finder", "--catalog", dir, "--owner", "ana", "--dry-run"); code != exit.CodeFine || s.text() != "" {
		t.Errorf("exit code %d, shown is %q\n%s", code, s.text(), &s.printed)
	}
}
