package notifiertest

import (
	"time"

	"github.com/levee-gitops/levee/notifier"
)

// Harness is a sender with a service of its own behind it, and what the suite can do and
// see there.
type Harness struct {
	Sender notifier.Sender

	// Person and Other are two people, and Room is a channel. All can be reached.
	Person, Other, Room notifier.Recipient

	// Shown lists the messages that a recipient sees, oldest first. It asks the service and
	// not the sender.
	Shown func(notifier.Recipient) []Shown

	// Fail makes the next delivery fail before anything arrives, by an error that is not
	// a sentinel. Lose lets the next one arrive and loses the answer.
	Fail, Lose func()

	// Nobody is a person who cannot be reached; nil where the sender reaches everybody.
	Nobody *notifier.Recipient

	// Busy makes the next delivery hit a rate limit. Nil where there is none.
	Busy func(after time.Duration)

	// Searches claims that the sender can search what it sent.
	Searches bool

	// Delete removes a message, as a person can. It claims that the sender can edit
	// messages; nil where it cannot.
	Delete func(message string)

	// Restart returns a new sender to the same service. Nil where the sender is the
	// service.
	Restart func() notifier.Sender
}

// Shown is a message as a person sees it.
type Shown struct {
	Message string   // its id in receipts, where receipts have any
	Text    string   // every word of it
	Links   []string // the URLs that can be clicked
	Calls   []string // mentions that notify people, groups or channels
}
