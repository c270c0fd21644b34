package main

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// TestDemo plays the story; every act checks what it tells.
func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"demo"}, terminal.IO{Out: &out, Err: &out, Now: time.Now}); code != exit.CodeFine {
		t.Fatalf("exit code %d\n%s", code, &out)
	}
	if !strings.Contains(out.String(), "all as told") {
		t.Errorf("the story does not end:\n%s", &out)
	}
}

// TestDemoServe: after the story the daemon goes on, until it is interrupted.
func TestDemoServe(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	out := watched{word: "serving", seen: interrupt}
	if code := run(ctx, []string{"demo", "--serve"}, terminal.IO{Out: &out, Err: &out, Now: time.Now}); code != exit.CodeFine {
		t.Fatalf("exit code %d\n%s", code, &out.text)
	}
	if !strings.Contains(out.text.String(), "The daemon goes on from 9 June 2026") {
		t.Errorf("it does not say when it goes on:\n%s", &out.text)
	}
}

// watched calls seen once a word was written.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
	word string
	seen func()
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if bytes.Contains(p, []byte(w.word)) {
		w.seen()
	}
	return w.text.Write(p)
}
