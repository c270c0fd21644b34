package notifiertest_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/notifiertest"
)

var errLost = errors.New("the network is gone")

func TestFake(t *testing.T) {
	notifiertest.Run(t, func(*testing.T) *notifiertest.Harness {
		f := notifiertest.New(nil)
		// A failure of the fake lasts; the suite's is for the next delivery only.
		next := &once{fake: f}
		person := notifier.Recipient{Name: "Jane Doe", Email: "jdoe@acme.example"}
		f.Refuse("gone@acme.example", addressed("gone@acme.example"))
		return &notifiertest.Harness{
			Sender: next, Person: person,
			Other:    notifier.Recipient{Name: "Bob Roe", Email: "bob@acme.example"},
			Room:     notifier.Recipient{Name: "Operations", Channel: "#operations"},
			Nobody:   &notifier.Recipient{Name: "Gone", Email: "gone@acme.example"},
			Searches: true, Delete: f.Delete,
			Fail: func() { next.end = f.Refuse; f.Refuse(person.Email, errLost) },
			Lose: func() { next.end = f.Lose; f.Lose(person.Email, errLost) },
			Busy: func(after time.Duration) {
				next.end = f.Refuse
				f.Refuse(person.Email, notifier.Later{After: after})
			},
			Shown: func(to notifier.Recipient) (list []notifiertest.Shown) {
				for _, m := range f.At(to.Email + to.Channel) {
					list = append(list, shown(m))
				}
				return list
			},
		}
	})
}

// once ends a failure after one delivery.
type once struct {
	fake *notifiertest.Fake
	end  func(address string, err error)
}

func (o *once) Send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	r, err := o.fake.Send(ctx, n)
	if o.end != nil && ctx.Err() == nil {
		o.end(n.Recipient.Email, nil)
		o.end = nil
	}
	return r, err
}

func addressed(address string) error { return errors.Join(notifier.ErrAddress, errors.New(address)) }

// shown is what the plainest of channels would show of a message.
func shown(m notifiertest.Message) notifiertest.Shown {
	show := notifiertest.Shown{Message: m.ID}
	add := func(s string) {
		show.Text += notifier.Fit(s, 1000, "…", func(rune) int { return 1 }) + "\n"
	}
	add(notifier.Line(m.Notice.Title))
	add(notifier.Plain(m.Notice.Text))
	for _, f := range m.Notice.Facts[:min(3, len(m.Notice.Facts))] {
		add(notifier.Line(f.Name))
		add(notifier.Line(f.Value))
	}
	for _, a := range m.Notice.Actions[:min(3, len(m.Notice.Actions))] {
		add(notifier.Line(a.Label))
		add(notifier.Line(a.Command))
		if u, err := url.Parse(a.URL); err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(a.URL) < 2000 {
			show.Links = append(show.Links, a.URL)
		}
	}
	return show
}

func TestFakeFails(t *testing.T) {
	const email, room = "jdoe@acme.example", "#operations"
	for _, c := range []struct {
		name    string
		set     func(*notifiertest.Fake)
		want    error
		arrived []string
	}{
		{"nothing is wrong", func(*notifiertest.Fake) {}, nil, []string{email}},
		{"the first address is none", func(f *notifiertest.Fake) { f.Refuse(email, notifier.ErrAddress) }, nil, []string{room}},
		{"no address is one", func(f *notifiertest.Fake) {
			f.Refuse(email, notifier.ErrAddress)
			f.Refuse(room, notifier.ErrAddress)
		}, notifier.ErrAddress, nil},
		{"busy", func(f *notifiertest.Fake) { f.Refuse(email, notifier.Later{After: time.Minute}) }, notifier.ErrLater, nil},
		{"unknown, before", func(f *notifiertest.Fake) { f.Refuse(email, errLost) }, errLost, nil},
		{"unknown, after", func(f *notifiertest.Fake) { f.Lose(email, errLost) }, errLost, []string{email}},
		{"it is over", func(f *notifiertest.Fake) { f.Refuse(email, errLost); f.Refuse(email, nil) }, nil, []string{email}},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC)
			f := notifiertest.New(func() time.Time { return at })
			c.set(f)
			n := notifier.Notice{Key: "k", Title: "Hello", Recipient: notifier.Recipient{Email: email, Channel: room}, Facts: []notifier.Fact{{Name: "a", Value: "b"}}}
			r, err := f.Send(t.Context(), n)
			if !errors.Is(err, c.want) || (err == nil) != r.At.Equal(at) {
				t.Errorf("%+v, %v", r, err)
			}
			n.Facts[0].Value = "changed by the caller"
			var arrived []string
			for _, m := range f.Sent() {
				arrived = append(arrived, m.Address)
				if m.Notice.Facts[0].Value != "b" || !m.At.Equal(at) {
					t.Errorf("it remembers %+v", m)
				}
			}
			if !slices.Equal(arrived, c.arrived) {
				t.Errorf("arrived at %q", arrived)
			}
		})
	}
}

func TestFakeCountsEdits(t *testing.T) {
	f := notifiertest.New(nil)
	n := notifier.Notice{Key: "a", Title: "Hello", Recipient: notifier.Recipient{Email: "jdoe@acme.example"}}
	first, err := f.Send(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	n.Key, n.Title, n.Replaces = "b", "Goodbye", first.Message
	if _, err := f.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if list := f.At("jdoe@acme.example"); len(list) != 1 || list[0].Edits != 1 || list[0].Notice.Title != "Goodbye" || list[0].ID != first.Message {
		t.Errorf("%+v", list)
	}
	if _, err := f.Send(t.Context(), notifier.Notice{Recipient: n.Recipient}); err == nil || !strings.Contains(err.Error(), "neither a title") {
		t.Errorf("a notice without words: %v", err)
	}
}
