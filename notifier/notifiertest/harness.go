package notifiertest

import (
	"time"

	"github.com/levee-gitops/levee/notifier"
)

// A Harness is a sender in a world of its own, and the hands and eyes that the
// suite has there.
type Harness struct {
	Sender notifier.Sender

	// Person and Other are two people, and Room is a channel. All can be reached.
	Person, Other, Room notifier.Recipient

	// Shown lists the messages that a recipient has in front of them, oldest first,
	// as they stand now. It looks past the sender.
	Shown func(notifier.Recipient) []Shown

	// Fail makes the next delivery fail before anything arrives, with nobody
	// knowing why. Lose lets the next one arrive and loses the answer.
	Fail, Lose func()

	// Nobody is a person whom nobody can reach; nil where the sender reaches everybody.
	Nobody *notifier.Recipient

	// Busy makes the channel ask for patience, once. Nil where it never does.
	Busy func(after time.Duration)

	// Searches claims that the sender looks for what it sent.
	Searches bool

	// Delete takes a message away, as people do. It claims that the sender brings
	// messages up to date; nil where it cannot.
	Delete func(message string)

	// Restart returns a sender to the same world that remembers nothing. Nil where
	// the world lives in the sender.
	Restart func() notifier.Sender
}

// Shown is a message as a person sees it.
type Shown struct {
	Message string   // its id in receipts, where receipts have any
	Text    string   // every word of it
	Links   []string // where one click leads
	Calls   []string // whom it rings for: mentions of people, groups and channels
}
