package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// command is the argument, and variable, set to "1", the environment variable with which
// this program is started as a child.
const (
	command  = "sandbox"
	variable = "LEVEE_SANDBOX"
)

// Jobs are what a program does as a child, by name. A job reads requests from in and writes
// answers to out, as Serve has it do.
type Jobs map[string]func(in io.Reader, out io.Writer) error

// Dispatch does the job that this process was started for, and ends the process: with 0, or
// with 1 where the job failed or is none of jobs, and says why on standard error. It returns
// where the process was not started as a child. The program's main calls it before anything
// else.
func Dispatch(jobs Jobs) {
	if os.Getenv(variable) != "1" || len(os.Args) != 3 || os.Args[1] != command {
		return
	}
	err := fmt.Errorf("this program has no job %q", os.Args[2])
	if job := jobs[os.Args[2]]; job != nil {
		err = job(os.Stdin, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// ready is the first line of a child.
type ready struct{}

// Serve is the main function of a child: it sets its limits, says so, and has the job read
// requests from in and write answers to out until in ends. It returns what the job returns,
// nil where in ended.
func Serve(memory int64, in io.Reader, out io.Writer, job func(*json.Decoder, *json.Encoder) error) error {
	if err := limit(uint64(memory)); err != nil {
		return fmt.Errorf("limit the sandbox: %w", err)
	}
	debug.SetMemoryLimit(memory * 3 / 4)
	answers := json.NewEncoder(out)
	if err := answers.Encode(ready{}); err != nil {
		return err
	}
	if err := job(json.NewDecoder(bufio.NewReaderSize(in, 1<<16)), answers); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
