package notifiertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

func arrives(s *scene) {
	n := s.notice("a", s.Person)
	r := s.send(n)
	m := s.one(s.Person)
	s.reads(m, n)
	if r.Found || r.Message != m.Message {
		s.Errorf("the receipt is %+v, the message %q", r, m.Message)
	}
	// A place to go is a link, or stands there to be copied.
	if url := n.Actions[1].URL; !slices.Contains(m.Links, url) && !strings.Contains(m.Text, url) {
		s.Errorf("the way to %s is missing: %+v", url, m)
	}
	if len(m.Calls) > 0 {
		s.Errorf("it rings for %q", m.Calls)
	}
	room := s.notice("b", s.Room)
	s.send(room)
	s.reads(s.one(s.Room), room)
}

func arrivesBare(s *scene) {
	n := notifier.Notice{Key: "a", Recipient: s.Person, Title: "rates-feed runs again"}
	s.send(n)
	if text := s.one(s.Person).Text; strings.TrimSpace(strings.ReplaceAll(text, n.Title, "")) != "" {
		s.Errorf("beside the title it shows %q", text)
	}
	n.Key, n.Title, n.Text = "b", "", "Nothing is left to do."
	s.send(n)
	s.reads(s.shown(s.Person, 2)[1], n)
	n.Key, n.Title, n.Text = "c", "\t ", "  \n"
	s.refused(context.Background(), n, nil)
	s.shown(s.Person, 2)
}

func keepsApart(s *scene) {
	for _, to := range []notifier.Recipient{s.Person, s.Other, s.Room} {
		n := s.notice("same", to)
		n.Title = "For " + to.Name
		s.send(n)
	}
	for _, to := range []notifier.Recipient{s.Person, s.Other, s.Room} {
		if m := s.one(to); !strings.Contains(m.Text, "For "+to.Name) {
			s.Errorf("%s reads %s", to.Name, m.Text)
		}
	}
}

func repeats(s *scene) {
	n := s.notice("a", s.Person)
	first, second := s.send(n), s.send(n)
	list := s.shown(s.Person, 2)
	if first.Message != list[0].Message || second.Message != list[1].Message || second.Found {
		s.Errorf("receipts %+v and %+v are for %+v", first, second, list)
	}
}

func obeysContext(s *scene) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.refused(ctx, s.notice("a", s.Person), nil)
	s.shown(s.Person, 0)
}

func fails(s *scene) {
	n := s.notice("a", s.Person)
	s.Fail()
	s.refused(context.Background(), n, nil)
	s.shown(s.Person, 0)
	s.send(n)
	s.reads(s.one(s.Person), n)
}

func loses(s *scene) {
	n := s.notice("a", s.Person)
	s.Lose()
	s.refused(context.Background(), n, nil)
	s.reads(s.one(s.Person), n)
}

func refusesNobody(s *scene) {
	if err := s.refusal(context.Background(), s.notice("a", *s.Nobody), notifier.ErrAddress); !strings.Contains(err.Error(), s.Nobody.Email) {
		s.Errorf("the error does not say whom: %v", err)
	}
	s.refused(context.Background(), s.notice("b", notifier.Recipient{Name: "No address"}), notifier.ErrAddress)
}

func triesNext(s *scene) {
	to := *s.Nobody
	to.Channel = s.Room.Channel
	n := s.notice("a", to)
	s.send(n)
	s.reads(s.one(s.Room), n)
	both := s.Person
	both.Channel = s.Room.Channel
	s.send(s.notice("b", both))
	s.one(s.Person)
	s.one(s.Room)
}

func waits(s *scene) {
	n := s.notice("a", s.Person)
	s.Busy(17 * time.Second)
	var later notifier.Later
	err := s.refusal(context.Background(), n, notifier.ErrLater)
	if !errors.As(err, &later) || later.After != 17*time.Second {
		s.Errorf("it says %v, and should ask for 17 s", err)
	}
	s.shown(s.Person, 0)
	s.send(n)
	s.one(s.Person)
}
