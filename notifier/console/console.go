// Package console is the sender that writes notices to a terminal or a log. It is used by
// the demonstration and where no other sender is configured.
//
// A notice is a heading at the margin, which names the recipient, and below it the
// notice, indented, so that no text of a notice looks like another heading. It is
// written by one call of Write. Every recipient can be reached. Notice.Again and
// Notice.Replaces have no effect: the notice is written once more.
package console

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of what is shown, in characters and in lines.
const (
	maxLine  = 500
	maxText  = 8_000
	maxName  = 30 // of names that set the width of their column
	maxPairs = 10 // facts, and actions
)

// Sender is a notifier.Sender on an io.Writer. It is safe for concurrent use.
type Sender struct {
	mu sync.Mutex
	w  io.Writer
}

var _ notifier.Sender = (*Sender)(nil)

// New returns a sender that writes each notice to w by one call of Write. Calls do not
// overlap.
func New(w io.Writer) *Sender { return &Sender{w: w} }

// Send implements notifier.Sender. The receipt names no message: what is written cannot be
// found or edited.
func (s *Sender) Send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	err := n.Check()
	if err == nil {
		err = s.write(ctx, text(n))
	}
	if err != nil {
		return notifier.Receipt{}, fmt.Errorf("show the notice for %s on the console: %w", name(n.Recipient), err)
	}
	return notifier.Receipt{At: time.Now()}, nil
}

func (s *Sender) write(ctx context.Context, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	written, err := s.w.Write([]byte(text)) // not io.WriteString, which may write in pieces
	if err == nil && written < len(text) {
		err = io.ErrShortWrite
	}
	return err
}

// text is a notice as it is shown.
func text(n notifier.Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Notice for %s\n", name(n.Recipient))
	if title := line(n.Title); title != "" {
		fmt.Fprintf(&b, "  %s\n", title)
	}
	words := notifier.Fit(strings.TrimSpace(notifier.Plain(n.Text)), maxText, "…\n(The rest is too long to be shown.)", one)
	if words != "" {
		b.WriteString("\n")
		for l := range strings.SplitSeq(words, "\n") {
			b.WriteString(strings.TrimRight("  "+strings.ReplaceAll(l, "\t", "    "), " ") + "\n")
		}
	}
	pairs(&b, n)
	return b.String() + "\n"
}

// pairs shows the facts, and below them what can be done.
func pairs(b *strings.Builder, n notifier.Notice) {
	var actions []notifier.Fact
	for _, a := range n.Actions {
		if a.Command != "" || a.URL == "" {
			actions = append(actions, notifier.Fact{Name: a.Label, Value: a.Command})
		}
		if a.URL != "" {
			actions = append(actions, notifier.Fact{Name: a.Label, Value: a.URL})
		}
	}
	for _, list := range [][]notifier.Fact{n.Facts, actions} {
		shown, width := slices.Clone(list[:min(len(list), maxPairs)]), 0
		for i, p := range shown {
			p = notifier.Fact{Name: line(p.Name) + ":", Value: line(p.Value)}
			shown[i], width = p, max(width, min(utf8.RuneCountInString(p.Name), maxName))
		}
		if len(shown) > 0 {
			b.WriteString("\n")
		}
		for _, p := range shown {
			b.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s %s", width, p.Name, p.Value), " ") + "\n")
		}
		if rest := len(list) - len(shown); rest > 0 {
			fmt.Fprintf(b, "  … and %d more\n", rest)
		}
	}
}

// name is the recipient on one line, by name and address.
func name(r notifier.Recipient) string {
	addresses := slices.DeleteFunc([]string{line(r.Email), line(r.Channel)}, func(a string) bool { return a == "" })
	known := strings.Join(addresses, ", ")
	switch r.Name = line(r.Name); {
	case r.Name == "" && known == "":
		return "nobody in particular"
	case r.Name == "":
		return known
	case known == "":
		return r.Name
	}
	return r.Name + " (" + known + ")"
}

func line(s string) string { return notifier.Fit(notifier.Line(s), maxLine, "…", one) }

func one(rune) int { return 1 }
