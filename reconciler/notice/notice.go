package notice

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
	"github.com/levee-gitops/levee/reconciler/session"
	"github.com/levee-gitops/levee/reconciler/work"
)

// Outgoing is one notice on its way: claimed, sent, recorded.
type Outgoing struct {
	app    string
	record ledger.Notice // what is recorded, but for how it went
	notice notifier.Notice
	claim  int64
}

func (x Outgoing) effect() ledger.Effect { return ledger.NewEffect("notify", x.record.Key) }

const (
	// maxNotices is how many notices are under way at once. The rest go out as soon as
	// there is room.
	maxNotices = 20
	// sendFor is how long one notice may take.
	sendFor = 20 * time.Second
	// senderLane is where notices wait for their turn.
	senderLane = "sender"
)

// Sending sends notices. It is used by passes, one at a time.
type Sending struct {
	sender notifier.Sender
	kind   string // what the sender is called in records
	work   *work.Claimed
	log    *slog.Logger

	failures map[string]int       // how often in a row a notice could not be sent, by key
	again    map[string]time.Time // when to try it again
	told     []Told               // delivered, since it was asked last
	unsent   int                  // not delivered, likewise
}

// New sends by a sender, which records call by its kind; nil where nobody is told.
func New(sender notifier.Sender, kind string, w *work.Claimed, log *slog.Logger) *Sending {
	return &Sending{sender: sender, kind: kind, work: w, log: log, failures: map[string]int{}, again: map[string]time.Time{}}
}

// Of turns something to be announced into notices for whoever is to be told now. It
// is none where nobody can be reached, or a pause after a failure is not over.
func (q *Sending) Of(t lifecycle.Timetable, r *lifecycle.Review, a lifecycle.Announcement) []Outgoing {
	notices, reachable := r.Notices(t, a)
	if !reachable {
		q.log.Warn("nobody can be told of an app", "app", r.Name(), "of", a.Epoch)
	}
	var list []Outgoing
	for _, n := range notices {
		if n.Before.Key != "" && !q.mayTryAgain(t, n.Before) {
			continue
		}
		n.Record.Channel = q.kind
		list = append(list, Outgoing{app: r.Name(), notice: n.Notice, record: n.Record})
	}
	return list
}

// mayTryAgain reports whether a notice that could not be delivered is sent again:
// with the next run, or sooner where the failure may pass.
func (q *Sending) mayTryAgain(t lifecycle.Timetable, before ledger.Notice) bool {
	if at, ok := q.again[before.Key]; ok && !at.After(t.Now()) {
		return true
	}
	return t.Run().After(before.At)
}

// Claim claims to send what is to be said, a bounded number at a time.
func (q *Sending) Claim(ctx context.Context, s *session.Session, list []Outgoing) ([]Outgoing, error) {
	if q.sender == nil {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b Outgoing) int { return strings.Compare(a.record.Key, b.record.Key) })
	list = slices.CompactFunc(list, func(a, b Outgoing) bool { return a.record.Key == b.record.Key })
	var claimed []Outgoing
	var claims []ledger.Entry
	room := max(0, maxNotices-q.work.Jobs.Len(senderLane))
	for _, x := range list {
		state, _ := s.View.App(x.app)
		open, unknown := state.Claims[x.effect()]
		switch {
		case unknown && s.Now.Before(open.Until) && open.Holder != s.Holder:
			q.work.Agenda.TryAgain(x.app, open.Until)
			continue
		case q.work.Jobs.Busy(string(x.effect()), 0):
			continue // what comes of it makes a pass look again
		case len(claimed) == room:
			q.work.Agenda.Enqueue(x.app)
			continue
		}
		_, tried := state.Notices[x.record.Key]
		x.notice.Again = unknown || tried // nobody knows whether it arrived
		claimed = append(claimed, x)
		claims = append(claims, s.Claim(x.app, x.effect(), "Claim to "+strings.ToLower(x.sentence()[:1])+x.sentence()[1:]))
	}
	return claimed, s.Note(ctx, claims)
}

func (x Outgoing) sentence() string {
	return "Tell " + x.record.Recipient + " of " + x.app + ": " + string(x.record.Epoch) + ", " + x.record.Reminder
}

// Start begins to send the notices whose claims this replica landed. One that
// could not be sent holds up no other.
func (q *Sending) Start(ctx context.Context, s *session.Session, list []Outgoing) {
	for _, x := range list {
		claim, ok := s.View.Held(x.app, x.effect(), s.Holder, s.Now)
		if !ok {
			q.work.Agenda.TryAgain(x.app, s.Now.Add(s.ClaimFor))
			continue
		}
		x.claim = claim.Seq
		do := func(ctx context.Context, _ time.Time) work.Outcome {
			ctx, cancel := context.WithTimeout(ctx, sendFor)
			defer cancel()
			var receipt notifier.Receipt
			err := parallel.Guard(q.log, "sending a notice of", x.app, func() (err error) {
				receipt, err = q.sender.Send(ctx, x.notice)
				return err
			})
			return func(now time.Time) []ledger.Entry { return q.sent(x, receipt, err, now) }
		}
		q.work.Begin(ctx, s.Now, claim, work.Job[work.Outcome]{Lane: senderLane, Key: string(x.effect()), Stamp: claim.Seq, Subject: x.app, Effect: x.effect(), Do: do})
	}
}

// sent is the record of how a notice went. Patience that is asked for is no
// failure, and leaves the claim open.
func (q *Sending) sent(x Outgoing, receipt notifier.Receipt, err error, now time.Time) []ledger.Entry {
	r := x.record
	r.Claim, r.At = x.claim, now
	var later notifier.Later
	switch {
	case errors.As(err, &later):
		q.pause(x, now, later.After)
		return nil
	case err != nil:
		q.log.Error("a notice could not be sent", "app", x.app, "recipient", r.Recipient, "error", err)
		r.Error = err.Error()
		q.unsent++
		if r.Failing.IsZero() {
			r.Failing = now
		}
		if !errors.Is(err, notifier.ErrAddress) {
			q.pause(x, now, work.Pause(q.failures[r.Key]))
			q.failures[r.Key]++
		}
	default:
		r.Delivered, r.Message, r.Failing = true, receipt.Message, time.Time{}
		delete(q.failures, r.Key)
		delete(q.again, r.Key)
		q.told = append(q.told, Told{App: x.app, Epoch: r.Epoch, Reminder: r.Reminder, Recipient: r.Recipient, Title: x.notice.Title})
	}
	return []ledger.Entry{{Kind: ledger.KindNotice, Subject: x.app, Body: r, Sentence: x.sentence() + deliveryWord(r)}}
}

func deliveryWord(n ledger.Notice) string {
	if n.Delivered {
		return ""
	}
	return "; it failed"
}

func (q *Sending) pause(x Outgoing, now time.Time, lasts time.Duration) {
	at := now.Add(lasts)
	q.again[x.record.Key] = at
	q.work.Agenda.TryAgain(x.app, at)
}

// SentSince returns what was delivered, and how much was not, since it was asked last.
func (q *Sending) SentSince() (told []Told, unsent int) {
	told, unsent = q.told, q.unsent
	q.told, q.unsent = nil, 0
	return told, unsent
}

// Told is a notice that was delivered.
type Told struct {
	App       string       `json:"app"`
	Epoch     ledger.Epoch `json:"epoch"`
	Reminder  string       `json:"reminder"`
	Recipient string       `json:"recipient"`
	Title     string       `json:"title"`
}
