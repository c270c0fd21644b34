package notifiertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

// Fake is a sender in memory. It is safe for concurrent use.
type Fake struct {
	now func() time.Time

	mu       sync.Mutex
	messages []Message
	made     int // messages that there ever were
	refuse   map[string]error
	lose     map[string]error
}

var _ notifier.Sender = (*Fake)(nil)

// Message is one message as it stands now.
type Message struct {
	ID      string
	Address string // where it arrived: an e-mail address or a channel
	Notice  notifier.Notice
	At      time.Time // when it arrived first
	Edits   int       // how often it was brought up to date since
}

// New returns a sender that reaches every address. Without a clock it uses the machine's.
func New(now func() time.Time) *Fake {
	if now == nil {
		now = time.Now
	}
	return &Fake{now: now, refuse: map[string]error{}, lose: map[string]error{}}
}

// Refuse makes notices to an address fail without being delivered, with
// notifier.ErrAddress, a notifier.Later, or any other error. Nil ends it.
func (f *Fake) Refuse(address string, err error) { f.set(f.refuse, address, err) }

// Lose makes notices to an address arrive and Send return an error. Nil ends it.
func (f *Fake) Lose(address string, err error) { f.set(f.lose, address, err) }

func (f *Fake) set(at map[string]error, address string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if delete(at, address); err != nil {
		at[address] = err
	}
}

// Sent lists the messages as they stand now, in the order in which they arrived.
func (f *Fake) Sent() []Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := slices.Clone(f.messages)
	for i := range list {
		list[i].Notice = copied(list[i].Notice)
	}
	return list
}

// At lists the messages of one address.
func (f *Fake) At(address string) []Message {
	return slices.DeleteFunc(f.Sent(), func(m Message) bool { return m.Address != address })
}

// Delete removes a message, as a person can.
func (f *Fake) Delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messages = slices.DeleteFunc(f.messages, func(m Message) bool { return m.ID == id })
}

// Send implements notifier.Sender.
func (f *Fake) Send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, err := f.send(ctx, copied(n))
	if err != nil {
		return notifier.Receipt{}, fmt.Errorf("send %q to %q: %w", n.Key, n.Recipient.Name, err)
	}
	return r, nil
}

func (f *Fake) send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	if err := errors.Join(ctx.Err(), n.Check()); err != nil {
		return notifier.Receipt{}, err
	}
	addresses := slices.DeleteFunc([]string{n.Recipient.Email, n.Recipient.Channel}, func(a string) bool { return a == "" })
	if n.Again && n.Key != "" {
		for _, m := range f.messages {
			if m.Notice.Key == n.Key && slices.Contains(addresses, m.Address) {
				return notifier.Receipt{Message: m.ID, At: m.At, Found: true}, nil
			}
		}
	}
	err := notifier.ErrAddress
	for _, address := range addresses {
		if err = f.refuse[address]; err == nil {
			return f.deliver(address, n), f.lose[address]
		}
		if !errors.Is(err, notifier.ErrAddress) {
			return notifier.Receipt{}, err
		}
	}
	return notifier.Receipt{}, err
}

func (f *Fake) deliver(address string, n notifier.Notice) notifier.Receipt {
	now := f.now()
	for i, m := range f.messages {
		if m.ID == n.Replaces && m.Address == address {
			f.messages[i].Notice, f.messages[i].Edits = n, m.Edits+1
			return notifier.Receipt{Message: m.ID, At: now}
		}
	}
	f.made++
	m := Message{ID: "m" + strconv.Itoa(f.made), Address: address, Notice: n, At: now}
	f.messages = append(f.messages, m)
	return notifier.Receipt{Message: m.ID, At: now}
}

// copied is a copy of a notice that shares no slices with it.
func copied(n notifier.Notice) notifier.Notice {
	n.Facts, n.Actions = slices.Clone(n.Facts), slices.Clone(n.Actions)
	return n
}
