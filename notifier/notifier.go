// Package notifier tells people what happens to their apps. A Notice says what,
// to whom and why; a Sender delivers it by one channel and answers with a
// Receipt. It knows nothing of apps or rules.
package notifier

import (
	"context"
	"errors"
	"time"
)

// Notice is one message to one recipient.
type Notice struct {
	// Key is unique for (app, epoch, rung, recipient). A sender that can look for
	// what it sent carries the key along and finds it again, so that a crash
	// between sending and knowing doubles nothing.
	Key       string
	Recipient Recipient
	Title     string // one line
	Text      string // plain sentences, without markup
	Facts     []Fact // short pairs shown below the text
	Actions   []Action
	// Again says that an earlier try may have arrived without anybody knowing: a
	// sender that can looks for Key before it sends, and answers with what it found.
	Again bool
	// Replaces is the message of an earlier notice that this one brings up to
	// date, where the sender can; empty for none.
	Replaces string
}

// Recipient is somebody, or a channel, by every address known. A sender tries the
// address that is nearest to the person first: Email, then Channel.
type Recipient struct {
	Name    string // for people
	Email   string
	Channel string // such as #operations
}

// Fact is a pair shown below a notice.
type Fact struct{ Name, Value string }

// Action is something the recipient can do: a command to run, or a place to go.
type Action struct {
	Label   string
	Command string
	URL     string
}

// Receipt is a delivery.
type Receipt struct {
	Message string // the channel's own id, by which it can be brought up to date
	At      time.Time
	Found   bool // it had been sent before
}

// Sentinels.
var (
	// ErrAddress reports a recipient that this channel cannot reach: another try
	// will not help, another address may.
	ErrAddress = errors.New("there is no such recipient")
	// ErrLater reports that the channel asks for patience; After tells how long.
	ErrLater = errors.New("the channel asks to wait")
)

// Later is an ErrLater with the time to wait.
type Later struct{ After time.Duration }

func (l Later) Error() string { return ErrLater.Error() + " " + l.After.String() }

// Is makes a Later an ErrLater.
func (Later) Is(target error) bool { return target == ErrLater }

// Sender delivers notices by one channel. It is safe for concurrent use. Any
// error but the sentinels means that it is unknown whether the notice arrived.
type Sender interface {
	Send(ctx context.Context, n Notice) (Receipt, error)
}
