package forgetest

import (
	"github.com/levee-gitops/levee/catalog"
)

// settled is the stamp of a change on which nothing is going on, and which therefore rests.
func (s *stage) settled(id string) string {
	s.Helper()
	if s.Settle != nil {
		s.Settle()
	}
	stamp := s.stamp(id)
	if again := s.stamp(id); stamp == "" || again != stamp {
		s.Errorf("the change %s does not rest: its stamp is %q, and then %q", id, stamp, again)
	}
	return stamp
}

// moves wants something to move the stamp of a change at once, and to leave it moved. An
// empty stamp counts as moved.
func (s *stage) moves(id, what string, do func()) {
	s.Helper()
	before := s.settled(id)
	do()
	if s.stamp(id) == before {
		s.Errorf("%s does not move the stamp", what)
	}
	if s.settled(id) == before {
		s.Errorf("the stamp comes back to what it was before %s", what)
	}
}

func stamps(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	other, _ := s.Open("bob", "other", File("b", "1"))
	rests := s.settled(other)
	s.moves(id, "a push", func() { head = s.Push(id, "ada", File("a", "2")) })
	s.moves(id, "an approval", func() { s.Review(id, "bob", Said{Review: catalog.Approve}) })
	s.moves(id, "a withdrawal", func() { s.Review(id, "bob", Said{Review: catalog.Reject}) })
	s.moves(id, "a forced push", func() { head = s.Rewrite(id, "ada", File("a", "3")) })
	if now := s.settled(other); now != rests {
		s.Errorf("what happens to a change moves the stamp of another from %q to %q", rests, now)
	}
	s.moves(id, "a merge of the base", func() {
		s.Direct("carol", File("c", "1"))
		head = s.Update(id, "ada")
	})
	// What the forge writes itself may move the stamp, and then it rests.
	s.do(show(id, head, "the verdict"))
	stamp := s.settled(id)
	if s.do(show(id, head, "the verdict")); s.settled(id) != stamp {
		s.Errorf("a verdict that was shown already moves the stamp")
	}
}

func draftStamp(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	s.moves(id, "marking it as a draft", func() { s.Draft(id, true) })
}

func commandStamp(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	s.Review(id, "bob", Said{Review: catalog.Approve})
	s.moves(id, "a command", func() { s.Command(id, "bob", "/levee confirm 7f3a9c1") })
}
