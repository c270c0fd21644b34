package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

const memory = 1 << 30

// TestMain serves as the child of the tests.
func TestMain(m *testing.M) {
	Dispatch(Jobs{"work": serveAnswers})
	os.Exit(m.Run())
}

func serveAnswers(in io.Reader, out io.Writer) error {
	return Serve(memory, in, out, func(in *json.Decoder, out *json.Encoder) error {
		for {
			var q string
			if err := in.Decode(&q); err != nil {
				return err
			}
			if err := answer(q, out); err != nil {
				return err
			}
		}
	})
}

func answer(q string, out *json.Encoder) error {
	switch q {
	case "loop":
		for n := uint32(1); n != 0; { // a generator of odd numbers
			n = n*1664525 + 2
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "grow":
		kept := []byte("x")
		for len(kept) > 0 {
			kept = append(kept, kept...)
		}
	case "panic":
		panic("no `more`")
	case "long":
		return out.Encode(strings.Repeat("x", 2<<20))
	case "garbage":
		_, err := io.WriteString(os.Stdout, "what\n")
		return err
	}
	return out.Encode("work " + q)
}

func ask(ctx context.Context, p *Process, patience time.Duration, q string) (string, error) {
	var got string
	err := p.Talk(ctx, patience, func(w *json.Encoder) error { return w.Encode(q) }, func(line []byte) (bool, error) { return true, json.Unmarshal(line, &got) })
	return got, err
}

func start(t *testing.T) *Process {
	t.Helper()
	p, err := Start("", "work", Limits{Memory: memory, Output: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestAnswers(t *testing.T) {
	p := start(t)
	for _, q := range []string{"one", "two"} {
		if got, err := ask(t.Context(), p, time.Minute, q); got != "work "+q || err != nil {
			t.Errorf("it answers %q, %v", got, err)
		}
	}
}

// TestNoJob: a child for a job that the program does not have ends, and it is nobody's fault
// who proposed something.
func TestNoJob(t *testing.T) {
	p, err := Start("", "play", Limits{Memory: memory, Output: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	_, err = ask(t.Context(), p, time.Minute, "one")
	if died := (Died{}); err == nil || errors.As(err, &died) || !strings.Contains(err.Error(), `this program has no job "play"`) {
		t.Errorf("it says %v", err)
	}
}

// TestDied: what exceeds a limit, or ends the child, is told as such, and how.
func TestDied(t *testing.T) {
	for q, want := range map[string]string{
		"grow": "needed more than 1024 MiB of memory", "panic": "ended the process (`panic: no 'more'`)",
		"long": "gave an answer of more than 1 MiB", "garbage": "gave an answer that cannot be read",
	} {
		_, err := ask(t.Context(), start(t), time.Minute, q)
		var died Died
		if !errors.As(err, &died) || died.How != want {
			t.Errorf("%s ends with %v, want %q", q, err, want)
		}
	}
	_, err := ask(t.Context(), start(t), time.Second, "loop")
	var died Died
	if !errors.As(err, &died) || died.How != "took longer than 1s for one answer" {
		t.Errorf("a loop ends with %v", err)
	}
}

// TestNoTime: what the machine gives no time is not blamed, and whoever has none left hears
// that.
func TestNoTime(t *testing.T) {
	p := start(t)
	if _, err := ask(t.Context(), p, time.Minute, "one"); err != nil { // to begin takes time, too
		t.Fatal(err)
	}
	_, err := ask(t.Context(), p, 200*time.Millisecond, "sleep")
	var died Died
	if err == nil || errors.As(err, &died) || !strings.Contains(err.Error(), "too little time") {
		t.Errorf("without time it ends with %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := ask(ctx, start(t), time.Minute, "sleep"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("when the caller's time is over it ends with %v", err)
	}
}

// TestDoesNotBegin: a program that cannot be started, or ends before its limits are set, is
// not the fault of what would have run in it.
func TestDoesNotBegin(t *testing.T) {
	if _, err := Start(t.TempDir()+"/none", "work", Limits{}); err == nil {
		t.Error("a program that is not there starts")
	}
	script := t.TempDir() + "/child"
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho no >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := Start(script, "work", Limits{Output: 100})
	if err != nil {
		t.Fatal(err)
	}
	var died Died
	if _, err := ask(t.Context(), p, time.Minute, "one"); err == nil || errors.As(err, &died) || !strings.Contains(err.Error(), "did not begin") {
		t.Errorf("it ends with %v", err)
	}
}
