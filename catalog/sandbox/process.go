package sandbox

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
)

// Died is the error that what runs in a child exceeded a limit or ended the child; it says
// how, as what it did: "needed more than 1024 MiB of memory".
type Died struct{ How string }

func (d Died) Error() string { return "it ended the process in which it ran: it " + d.How }

// Limits are what a child may use.
type Limits struct {
	Memory int64 // bytes; Serve sets it
	Output int   // bytes of one answer
}

// Process is a child. The parent ends it. It also ends when its standard input is closed, as
// when the parent died. It is not safe for concurrent use.
type Process struct {
	limits  Limits
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	stderr  *headBuffer
	ready   bool // its limits are set; if it ends before that, what runs there is not the cause
	began   time.Time
	late    atomic.Bool // it was killed because it took too long for one answer
	starved atomic.Bool // and the machine had hardly given it time
	once    sync.Once
}

// Start starts a program as a child for a job, without this process's environment. The
// program is this one where it is empty. An error means that it cannot be started.
func Start(program, job string, limits Limits) (*Process, error) {
	if program == "" {
		var err error
		if program, err = thisProgram(); err != nil {
			return nil, err
		}
	}
	p := &Process{limits: limits, cmd: exec.Command(program, command, job), stderr: &headBuffer{}}
	p.cmd.Env = []string{variable + "=1", "GOTRACEBACK=none"}
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
	p.began = time.Now()
	return p, p.cmd.Start()
}

// thisProgram is the running program, even if its file was replaced since.
func thisProgram() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// Talk writes requests and reads answers until done returns true. It kills the child when ctx
// ends, and when the child answers nothing for longer than patience. The error is a Died
// where that is the fault of what runs there, or its answer cannot be read; that of ctx; or
// why the child did not begin, or got no time from the machine. After an error the child is gone.
func (p *Process) Talk(ctx context.Context, patience time.Duration, ask func(*json.Encoder) error, done func(answer []byte) (bool, error)) error {
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	var silence *time.Timer
	used, waited := p.used(), 0
	silence = time.AfterFunc(patience, func() {
		if p.used()-used < patience/2 { // others use the processors; it is not to be blamed for that
			if waited++; waited < mostPatience {
				silence.Reset(patience)
				return
			}
			p.starved.Store(true)
		}
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
		line, err := readLine(p.out, p.limits.Output)
		if err != nil {
			p.kill()
			<-asked
			if ctx.Err() != nil {
				return ctx.Err() // the caller's time is over; what runs there is not the cause
			}
			return p.died(err, patience)
		}
		silence.Reset(patience)
		over := false
		if !p.ready {
			p.ready, err = true, json.Unmarshal(line, &ready{})
		} else {
			over, err = done(line)
		}
		if err != nil {
			p.Close()
			<-asked
			return Died{"gave an answer that cannot be read"}
		}
		if over {
			<-asked
			return wrote
		}
	}
}

// mostPatience is how many times as long a child is waited for that the machine gives hardly
// any time.
const mostPatience = 6

// errOutput reports an answer that is too long.
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

// died ends the child and returns how it ended: a Died if what runs there is the cause.
func (p *Process) died(read error, patience time.Duration) error {
	p.Close()
	said := p.stderr.String()
	first, _, _ := strings.Cut(said, "\n")
	switch {
	case !p.ready:
		return fmt.Errorf("the process for it did not begin: %w: %.200s", read, first)
	case errors.Is(read, errOutput):
		return Died{fmt.Sprintf("gave an answer of more than %d MiB", p.limits.Output>>20)}
	case p.starved.Load():
		return fmt.Errorf("the machine gave the process for it too little time, for %s", mostPatience*patience)
	case p.late.Load():
		return Died{fmt.Sprintf("took longer than %s for one answer", patience)}
	case said == "", strings.HasPrefix(said, "SIGSEGV"), slices.ContainsFunc(memoryWords, func(w string) bool { return strings.Contains(said, w) }):
		return Died{fmt.Sprintf("needed more than %d MiB of memory", p.limits.Memory>>20)}
	}
	return Died{fmt.Sprintf("ended the process (`%.100s`)", strings.ReplaceAll(first, "`", "'"))}
}

func (p *Process) kill() { _ = p.cmd.Process.Kill() }

// Close ends the child and waits for it.
func (p *Process) Close() {
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
