package policies

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// The messages between parent and child, one JSON value a line: the child sends trialReady
// once its limits are set, receives a trialRequest, and answers with a trialOutcome; then
// it receives questions and sends answers.
type (
	trialReady   struct{}
	trialRequest struct {
		Digest catalog.Digest    `json:"digest"`
		Files  map[string]string `json:"files"` // catalog.yaml and the rules, by path
	}
	trialOutcome struct {
		Own      []Rule            `json:"own"` // the organisation's rules in force
		Problems []catalog.Problem `json:"problems"`
		NoEffect []catalog.Problem `json:"noEffect"`
		Tests    []TestOutcome     `json:"tests"`
	}
	trialQuestion struct {
		N     int   `json:"n"`
		Brief Brief `json:"brief"`
	}
	trialAnswer struct {
		N        int      `json:"n"`
		Decision Decision `json:"decision"`
	}
)

// trialDied is the error that proposed rules ended the process, and how.
type trialDied struct{ why string }

func (d trialDied) Error() string {
	return "the proposed rules ended the process in which they were tried: " + d.why
}

// TrialCommand is the argument, and TrialVariable, set to "1", the environment variable,
// with which this program is started to serve a trial.
const (
	TrialCommand  = "serve-trial"
	TrialVariable = "LEVEE_SERVE_TRIAL"
)

// trialProcess is the child. The parent ends it. It also ends when its standard input is
// closed, as when the parent died.
type trialProcess struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *headBuffer
	ready  bool        // its limits are set; if it ends before that, the rules are not the cause
	late   atomic.Bool // it was killed because it took too long for one answer
	once   sync.Once
}

// startTrial starts the program as a child, without this process's environment.
func startTrial(program string) (*trialProcess, error) {
	if program == "" {
		var err error
		if program, err = thisProgram(); err != nil {
			return nil, err
		}
	}
	p := &trialProcess{cmd: exec.Command(program, TrialCommand), stderr: &headBuffer{}}
	p.cmd.Env = []string{TrialVariable + "=1", "GOTRACEBACK=none"}
	p.cmd.Stderr = p.stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<16)
	return p, p.cmd.Start()
}

// thisProgram is the running program, even if its file was replaced since.
func thisProgram() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// compile sends the rules to the child and returns what came of compiling and testing them.
func (p *trialProcess) compile(ctx context.Context, request trialRequest) (outcome trialOutcome, err error) {
	err = p.talk(ctx, trialTime, func(w *json.Encoder) error { return w.Encode(request) }, func(line []byte) (bool, error) {
		if !p.ready {
			p.ready = true
			return false, json.Unmarshal(line, &trialReady{})
		}
		return true, json.Unmarshal(line, &outcome)
	})
	return outcome, err
}

// judge sends briefs to the child and calls got with each decision.
func (p *trialProcess) judge(ctx context.Context, briefs []Brief, got func(int, Decision)) error {
	if len(briefs) == 0 {
		return nil
	}
	left := len(briefs)
	return p.talk(ctx, answerTime, func(w *json.Encoder) error {
		for i, b := range briefs {
			if err := w.Encode(trialQuestion{i, b}); err != nil {
				return err
			}
		}
		return nil
	}, func(line []byte) (bool, error) {
		var a trialAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			return false, err
		}
		if a.N < 0 || a.N >= len(briefs) {
			return false, fmt.Errorf("an answer to question %d of %d", a.N, len(briefs))
		}
		got(a.N, a.Decision)
		left--
		return left == 0, nil
	})
}

// talk writes requests and reads lines until done returns true. It kills the child when ctx
// ends, and when the child sends nothing for longer than patience.
func (p *trialProcess) talk(ctx context.Context, patience time.Duration, ask func(*json.Encoder) error, done func(line []byte) (bool, error)) error {
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	silence := time.AfterFunc(patience, func() {
		p.late.Store(true)
		p.kill()
	})
	defer silence.Stop()
	asked, wrote := make(chan struct{}), error(nil)
	go func() {
		defer close(asked)
		wrote = ask(json.NewEncoder(p.in))
	}()
	for {
		line, err := readLine(p.out, trialOutput)
		if err != nil {
			p.kill()
			<-asked
			if ctx.Err() != nil {
				return ctx.Err() // the caller's time is over; that is not a problem of the rules
			}
			return p.died(err, patience)
		}
		silence.Reset(patience)
		over, err := done(line)
		if err != nil {
			p.kill()
			<-asked
			return trialDied{"gave an answer that cannot be read"}
		}
		if over {
			<-asked
			return wrote
		}
	}
}

// errOutput reports an answer longer than trialOutput.
var errOutput = errors.New("the answer is too long")

func readLine(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > most:
			return nil, errOutput
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// memoryWords are in the messages of a program that cannot allocate memory: the Go
// runtime's, also for the stack of a thread, and "failed to allocate" with the race
// detector.
var memoryWords = []string{
	"out of memory", "cannot allocate memory", "stack exceeds", "stack overflow", "failed to create new OS thread", "pthread_create failed", "failed to allocate",
}

// died ends the child and returns how it ended: a trialDied if the rules are the cause.
func (p *trialProcess) died(read error, patience time.Duration) error {
	p.end()
	said := p.stderr.String()
	first, _, _ := strings.Cut(said, "\n")
	switch {
	case !p.ready:
		return fmt.Errorf("the process for them did not begin: %w: %.200s", read, first)
	case errors.Is(read, errOutput):
		return trialDied{fmt.Sprintf("gave an answer of more than %d MiB", trialOutput>>20)}
	case p.late.Load():
		return trialDied{fmt.Sprintf("took longer than %s for one answer", patience)}
	case said == "", strings.HasPrefix(said, "SIGSEGV"), slices.ContainsFunc(memoryWords, func(w string) bool { return strings.Contains(said, w) }):
		return trialDied{fmt.Sprintf("needed more than %d MiB of memory", trialMemory>>20)}
	}
	return trialDied{fmt.Sprintf("ended the process (`%.100s`)", strings.ReplaceAll(first, "`", "'"))}
}

func (p *trialProcess) kill() { _ = p.cmd.Process.Kill() }

// end ends the child and waits for it.
func (p *trialProcess) end() {
	p.once.Do(func() {
		_ = p.in.Close()
		p.kill()
		_ = p.cmd.Wait()
	})
}

// headBuffer keeps the first 4096 bytes that are written to it.
type headBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *headBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Write(data[:min(len(data), max(0, 4096-b.buf.Len()))])
	return len(data), nil
}

func (b *headBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
