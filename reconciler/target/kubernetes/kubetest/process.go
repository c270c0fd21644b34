package kubetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// server is one process, with all that it says in a file.
type server struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed once it ended
}

// startServer starts a program with its log beside what it writes. It is given no
// environment of ours: a HOME of its own, so that it reads nobody's settings.
func startServer(binary, dir string, args []string) (*server, error) {
	name := filepath.Base(binary)
	s := &server{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	out, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", name, err)
	}
	defer out.Close()
	s.cmd = exec.Command(binary, args...)
	s.cmd.Dir, s.cmd.Env = dir, []string{"HOME=" + dir, "TMPDIR=" + dir}
	s.cmd.Stdout, s.cmd.Stderr = out, out
	s.cmd.SysProcAttr = endsWithUs()
	started := make(chan error)
	starter() <- func() { started <- s.cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	return s, nil
}

// starter returns where to send what starts a process. The kernel ends a process
// with the thread that started it, not with the program, so one thread does it
// that lives as long as the program.
var starter = sync.OnceValue(func() chan<- func() {
	calls := make(chan func())
	go func() {
		runtime.LockOSThread()
		for call := range calls {
			call()
		}
	}()
	return calls
})

// kill ends the server at once and waits until it is gone. What it wrote is thrown
// away, so it need not tidy up.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// stop asks the server to end, and kills it if it has not when the context ends.
func (s *server) stop(ctx context.Context) {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-ctx.Done():
		s.kill()
	}
}

// await asks a question until it is answered without an error. It gives up when the
// context ends or one of the servers does, and then says what each of them said
// last.
func await(ctx context.Context, what string, servers []*server, question func(context.Context) error) error {
	for {
		once, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := question(once)
		cancel()
		if err == nil {
			return nil
		}
		for _, s := range servers {
			select {
			case <-s.done:
				return fmt.Errorf("wait until %s: %s ended: %v\n%s", what, s.name, s.cmd.ProcessState, s.tail())
			default:
			}
		}
		select {
		case <-ctx.Done():
			said := []error{fmt.Errorf("wait until %s: %w; last: %w", what, ctx.Err(), err)}
			for _, s := range servers {
				said = append(said, errors.New(s.tail()))
			}
			return errors.Join(said...)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tail is the end of what the server said, for who has to find out why it failed.
func (s *server) tail() string {
	const lines, size = 25, 6000
	text, err := os.ReadFile(s.log)
	if err != nil {
		return fmt.Sprintf("read the log of %s: %v", s.name, err)
	}
	text = bytes.TrimSpace(text[max(0, len(text)-size):])
	all := bytes.Split(text, []byte("\n"))
	all = all[max(0, len(all)-lines):]
	return fmt.Sprintf("last lines of %s:\n%s", filepath.Base(s.log), bytes.Join(all, []byte("\n")))
}
