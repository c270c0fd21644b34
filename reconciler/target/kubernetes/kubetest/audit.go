package kubetest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
)

// Audit is the log of what the API server was asked, by whom, since its first start.
//
// Its lines are written in the order in which requests end, each before the end of
// its answer is sent, and a watch's once more when it begins. A client that has read
// an answer to its end therefore finds its request here. What others, such as
// controllers, are just asking is another matter: count by user.
type Audit struct {
	path string

	mu     sync.Mutex
	read   int64 // bytes that were read so far
	seen   map[string]bool
	events Events
}

// Events are requests in the order in which they were answered.
type Events []Event

// Mark is a place in the log.
type Mark int

// Mark returns the place after the last request that was answered.
func (a *Audit) Mark() Mark { return Mark(len(a.Events())) }

// Since returns the requests answered since a mark was taken.
func (a *Audit) Since(mark Mark) Events { return a.Events()[mark:] }

// Count says how many requests there were of which a question is true.
func (a *Audit) Count(is func(Event) bool) int { return a.Events().Count(is) }

// Events returns all requests that were answered, each once. It panics where the log
// cannot be read, since every count would be wrong.
func (a *Audit) Events() Events {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.catchUp(); err != nil {
		panic(fmt.Errorf("kubetest: %w", err))
	}
	return a.events[:len(a.events):len(a.events)]
}

// catchUp reads the lines that were added. A line whose end is not there yet is left
// for the next time. Before the first request there is no log.
func (a *Audit) catchUp() error {
	file, err := os.Open(a.path)
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	defer file.Close()
	added, err := io.ReadAll(io.NewSectionReader(file, a.read, 1<<62))
	if err != nil {
		return fmt.Errorf("read the audit log %s: %w", a.path, err)
	}
	whole := added[:bytes.LastIndexByte(added, '\n')+1]
	for text := range bytes.Lines(whole) {
		id, event, err := parse(text)
		if err != nil {
			return err
		}
		if !a.seen[id] {
			a.seen[id] = true
			a.events = append(a.events, event)
		}
	}
	a.read += int64(len(whole))
	return nil
}

// Count says of how many a question is true.
func (e Events) Count(is func(Event) bool) int { return len(e.Where(is)) }

// Where returns those of which a question is true.
func (e Events) Where(is func(Event) bool) Events {
	var those Events
	for _, event := range e {
		if is(event) {
			those = append(those, event)
		}
	}
	return those
}
