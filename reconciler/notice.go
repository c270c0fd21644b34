package reconciler

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/lifecycle"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

// telling is one notice on its way: claimed, sent, recorded.
type telling struct {
	app    string
	record ledger.Notice // what is recorded, but for how it went
	notice notifier.Notice
	claim  int64
}

func (t telling) effect() string { return ledger.Effect("notify", t.record.Key) }

const (
	// maxTellings is how many notices are under way at once. The rest go out as soon as
	// there is room.
	maxTellings = 20
	// sendFor is how long one notice may take.
	sendFor = 20 * time.Second
	// senderLane is where notices wait for their turn.
	senderLane = "sender"
	// the first pause after a failure that may pass, and the longest.
	firstPause, longestPause = 10 * time.Minute, 6 * time.Hour
)

// tellings turns something to be announced into notices for whoever is to be told now. It
// is none where nobody can be reached, or a pause after a failure is not over.
func (p *pass) tellings(t lifecycle.Timetable, r *lifecycle.Review, a lifecycle.Announcement) []telling {
	notices, reachable := r.Notices(t, a)
	if !reachable {
		p.r.Log.Warn("nobody can be told of an app", "app", r.Name(), "of", a.Epoch)
	}
	var list []telling
	for _, n := range notices {
		if n.Before.Key != "" && !p.mayTryAgain(t, n.Before) {
			continue
		}
		n.Record.Channel = p.r.SenderKind
		list = append(list, telling{app: r.Name(), notice: n.Notice, record: n.Record})
	}
	return list
}

// mayTryAgain reports whether a notice that could not be delivered is sent again:
// with the next run, or sooner where the failure may pass.
func (p *pass) mayTryAgain(t lifecycle.Timetable, before ledger.Notice) bool {
	if at, ok := p.r.sendAgain[before.Key]; ok && !at.After(p.Now) {
		return true
	}
	return t.Run().After(before.At)
}

// claimTellings claims to send what is to be said, a bounded number at a time.
func (p *pass) claimTellings(ctx context.Context, list []telling) ([]telling, error) {
	if p.r.Sender == nil {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b telling) int { return strings.Compare(a.record.Key, b.record.Key) })
	list = slices.CompactFunc(list, func(a, b telling) bool { return a.record.Key == b.record.Key })
	var claimed []telling
	var claims []ledger.Entry
	room := max(0, maxTellings-p.r.jobs.Len(senderLane))
	for _, x := range list {
		state, _ := p.View.App(x.app)
		open, unknown := state.Claims[x.effect()]
		switch {
		case unknown && p.Now.Before(open.Until) && open.Holder != p.r.Holder:
			p.tryAgain(x.app, open.Until)
			continue
		case p.r.jobs.Busy(x.effect(), 0):
			continue // what comes of it makes a pass look again
		case len(claimed) == room:
			p.enqueue(x.app)
			continue
		}
		_, tried := state.Notices[x.record.Key]
		x.notice.Again = unknown || tried // nobody knows whether it arrived
		claimed = append(claimed, x)
		claims = append(claims, ledger.Entry{
			Kind: ledger.KindClaim, Subject: x.app, Body: ledger.NewClaim(x.effect(), p.r.Holder, p.Now, p.r.ClaimFor),
			Sentence: "Claim to " + strings.ToLower(x.sentence()[:1]) + x.sentence()[1:],
		})
	}
	return claimed, p.Note(ctx, claims)
}

func (t telling) sentence() string {
	return "Tell " + t.record.Recipient + " of " + t.app + ": " + t.record.Epoch + ", " + t.record.Rung
}

// startTellings begins to send the notices whose claims this replica landed. One that
// could not be sent holds up no other.
func (p *pass) startTellings(ctx context.Context, list []telling) {
	for _, x := range list {
		claim, ok := p.View.Held(x.app, x.effect(), p.r.Holder, p.Now)
		if !ok {
			p.tryAgain(x.app, p.Now.Add(p.r.ClaimFor))
			continue
		}
		x.claim = claim.Seq
		p.begin(ctx, senderLane, x.effect(), claim.Seq, x.app, x.effect(), claim, func(ctx context.Context) outcome {
			ctx, cancel := context.WithTimeout(ctx, sendFor)
			defer cancel()
			var receipt notifier.Receipt
			err := parallel.Guard(p.r.Log, "sending a notice of", x.app, func() (err error) {
				receipt, err = p.r.Sender.Send(ctx, x.notice)
				return err
			})
			return func(p *pass) []ledger.Entry { return p.sent(x, receipt, err) }
		})
	}
}

// sent is the record of how a notice went. Patience that is asked for is no
// failure, and leaves the claim open.
func (p *pass) sent(x telling, receipt notifier.Receipt, err error) []ledger.Entry {
	r := x.record
	r.Claim, r.At = x.claim, p.Now
	var later notifier.Later
	switch {
	case errors.As(err, &later):
		p.pause(x, later.After)
		return nil
	case err != nil:
		p.r.Log.Error("a notice could not be sent", "app", x.app, "recipient", r.Recipient, "error", err)
		r.Error = err.Error()
		p.out.Unsent++
		if r.Failing.IsZero() {
			r.Failing = p.Now
		}
		if !errors.Is(err, notifier.ErrAddress) {
			p.pause(x, min(firstPause<<min(p.r.unsent[r.Key], 8), longestPause))
			p.r.unsent[r.Key]++
		}
	default:
		r.Delivered, r.Message, r.Failing = true, receipt.Message, time.Time{}
		delete(p.r.unsent, r.Key)
		delete(p.r.sendAgain, r.Key)
		p.out.Notices = append(p.out.Notices, Told{App: x.app, Epoch: r.Epoch, Rung: r.Rung, Recipient: r.Recipient, Title: x.notice.Title})
	}
	return []ledger.Entry{{Kind: ledger.KindNotice, Subject: x.app, Body: r, Sentence: x.sentence() + deliveryWord(r)}}
}

func deliveryWord(n ledger.Notice) string {
	if n.Delivered {
		return ""
	}
	return "; it failed"
}

func (p *pass) pause(x telling, lasts time.Duration) {
	at := p.Now.Add(lasts)
	p.r.sendAgain[x.record.Key] = at
	p.tryAgain(x.app, at)
}

// Told is a notice that was delivered.
type Told struct {
	App       string `json:"app"`
	Epoch     string `json:"epoch"`
	Rung      string `json:"rung"`
	Recipient string `json:"recipient"`
	Title     string `json:"title"`
}
