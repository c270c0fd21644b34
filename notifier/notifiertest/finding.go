package notifiertest

import (
	"context"
	"fmt"

	"github.com/levee-gitops/levee/notifier"
)

func again(n notifier.Notice) notifier.Notice {
	n.Again = true
	return n
}

func finds(s *scene) {
	n := s.notice("a", s.Person)
	s.Lose()
	s.refused(context.Background(), n, nil)
	m := s.one(s.Person)
	for i := range 5 {
		s.send(s.notice(fmt.Sprintf("other-%d", i), s.Person))
	}
	for range 2 {
		if r := s.send(again(n)); !r.Found || r.Message != m.Message {
			s.Errorf("%s was found as %+v", m.Message, r)
		}
	}
	s.shown(s.Person, 6)

	room := s.notice("a", s.Room)
	r := s.send(room)
	if found := s.send(again(room)); !found.Found || found.Message != r.Message || !found.At.Equal(r.At) {
		s.Errorf("%+v was found as %+v", r, found)
	}
	s.one(s.Room)

	// The first address may have come to be reachable only after the other was used.
	both := room
	both.Recipient.Email = s.Person.Email
	if found := s.send(again(both)); !found.Found {
		s.Errorf("found as %+v", found)
	}
}

func findsAfterRestart(s *scene) {
	if s.Restart == nil {
		s.Skip("the world lives in the sender")
	}
	n := s.notice("a", s.Person)
	r := s.send(n)
	s.Sender = s.Restart()
	if found := s.send(again(n)); !found.Found || found.Message != r.Message {
		s.Errorf("%+v was found as %+v", r, found)
	}
	s.one(s.Person)
}

func sendsMissing(s *scene) {
	n := s.notice("a", s.Person)
	s.Fail()
	s.refused(context.Background(), n, nil)
	if r := s.send(again(n)); r.Found {
		s.Errorf("what never arrived was found: %+v", r)
	}
	s.reads(s.one(s.Person), n)
}

func findsOwnKey(s *scene) {
	s.send(s.notice("expense-submit/3/due/jdoe", s.Person))
	s.send(s.notice("", s.Person))
	for i, key := range []string{"expense-submit/3/due/jdo", "expense-submit/3/due/jdoe2", "EXPENSE-submit/3/due/jdoe", ""} {
		if r := s.send(again(s.notice(key, s.Person))); r.Found {
			s.Errorf("under the key %q it found %+v", key, r)
		}
		s.shown(s.Person, i+3)
	}
	if r := s.send(again(s.notice("expense-submit/3/due/jdoe", s.Other))); r.Found {
		s.Errorf("what another recipient got was found: %+v", r)
	}
	for _, key := range []string{"odd \x00 <key> & \u202e", string(make([]byte, 5000))} {
		first := s.send(s.notice(key, s.Room))
		if r := s.send(again(s.notice(key, s.Room))); !r.Found || r.Message != first.Message {
			s.Errorf("under the key %.20q it found %+v, not %+v", key, r, first)
		}
	}
}
