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
	// Key is unique for (app, epoch, reminder, recipient). A sender that can search what it
	// sent stores the key with the message, so that a notice is not sent twice if the
	// daemon stops before it has recorded the receipt.
	Key       string
	Recipient Recipient
	Title     string // one line
	Text      string // plain sentences, without markup
	Facts     []Fact // short pairs shown below the text
	Actions   []Action
	// Again says that an earlier try may have arrived: a sender that can search looks for
	// Key before it sends, and returns the receipt of what it finds.
	Again bool
	// Replaces is the Receipt.Message of an earlier notice, which is edited to say this one
	// where the sender can; empty for none.
	Replaces string
}

// Recipient is a person or a channel, with every address known. A sender tries Email
// first, then Channel.
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
	Message string // the channel's own id, for Notice.Replaces
	At      time.Time
	Found   bool // it had been sent before
}

// Sentinels.
var (
	// ErrAddress reports a recipient that this channel cannot reach. Trying again does not
	// help, another address may.
	ErrAddress = errors.New("there is no such recipient")
	// ErrLater reports a rate limit of the channel; Later.After says how long to wait.
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
