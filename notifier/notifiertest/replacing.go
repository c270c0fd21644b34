package notifiertest

import (
	"strings"

	"github.com/levee-gitops/levee/notifier"
)

// update is a later notice that replaces a message.
func (s *scene) update(key, message string, to notifier.Recipient) notifier.Notice {
	n := s.notice(key, to)
	n.Title, n.Replaces = "expense-submit was renewed", message
	n.Facts, n.Actions = n.Facts[:1], nil
	return n
}

func replaces(s *scene) {
	for _, to := range []notifier.Recipient{s.Person, s.Room} {
		first := s.send(s.notice("a", to))
		s.send(s.notice("between", to))
		n := s.update("b", first.Message, to)
		for range 2 {
			if r := s.send(n); r.Found || r.Message != first.Message {
				s.Errorf("%s was brought up to date as %+v", first.Message, r)
			}
		}
		m := s.shown(to, 2)[0]
		s.reads(m, n)
		if strings.Contains(m.Text, "switched off on") || strings.Contains(m.Text, "levee status") {
			s.Errorf("the old words are still there:\n%s", m.Text)
		}
	}
	if s.Restart != nil {
		s.Sender = s.Restart()
		first := s.shown(s.Person, 2)[0]
		if r := s.send(s.update("c", first.Message, s.Person)); r.Message != first.Message {
			s.Errorf("after a restart %s was brought up to date as %+v", first.Message, r)
		}
		s.shown(s.Person, 2)
	}
}

func findsReplaced(s *scene) {
	if !s.Searches {
		s.Skip("the sender does not search")
	}
	first := s.send(s.notice("a", s.Person))
	n := s.update("b", first.Message, s.Person)
	s.send(n)
	if r := s.send(again(n)); !r.Found || r.Message != first.Message {
		s.Errorf("%s was found as %+v", first.Message, r)
	}
	s.one(s.Person)
}

func replacesGone(s *scene) {
	first := s.send(s.notice("a", s.Person))
	s.Delete(first.Message)
	s.shown(s.Person, 0)
	n := s.update("b", first.Message, s.Person)
	r := s.send(n)
	m := s.one(s.Person)
	s.reads(m, n)
	if r.Message != m.Message || r.Message == first.Message {
		s.Errorf("the receipt is %+v", r)
	}
}

func replacesForeign(s *scene) {
	old := s.notice("a", s.Person)
	first := s.send(old)
	n := s.update("b", first.Message, s.Other)
	if r := s.send(n); r.Message == first.Message {
		s.Errorf("the notice for another edited %+v", r)
	}
	s.reads(s.one(s.Person), old)
	s.reads(s.one(s.Other), n)
}

func replacesNonsense(s *scene) {
	for i, message := range []string{"nonsense", "/", "a/b/c", "\x00", "https://levee.example/?a=b", strings.Repeat("9", 5000)} {
		n := s.update("b", message, s.Person)
		s.send(n)
		s.reads(s.shown(s.Person, i+1)[i], n)
	}
}
