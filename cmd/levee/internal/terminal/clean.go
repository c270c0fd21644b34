package terminal

import (
	"io"
	"sync"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// CleanWriter is the one way to a terminal: what names of files, branches and people
// could do to it (move the cursor, hide text, turn its direction) is written out
// instead. All that a command prints or logs goes through it.
type CleanWriter struct {
	mu  sync.Mutex
	to  io.Writer
	cut []byte // the begin of a character whose rest is still to come
}

// NewCleanWriter is the way to a terminal that takes what is written to to.
func NewCleanWriter(to io.Writer) *CleanWriter { return &CleanWriter{to: to} }

func (w *CleanWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.cut, p...)
	w.cut = nil
	if n := unfinished(text); n > 0 {
		w.cut = append(w.cut, text[len(text)-n:]...)
		text = text[:len(text)-n]
	}
	if _, err := io.WriteString(w.to, safetext.Shown(string(text), true)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// End writes what was cut off and never came.
func (w *CleanWriter) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = io.WriteString(w.to, safetext.Shown(string(w.cut), true))
	w.cut = nil
}

// unfinished is how many bytes at the end of a text are the begin of a character.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if b := text[len(text)-n]; utf8.RuneStart(b) {
			if b >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
