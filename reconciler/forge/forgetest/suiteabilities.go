package forgetest

import (
	"errors"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

var abilityTests = map[forge.Ability]map[string]func(*stage){
	forge.Comment: {"Verdict": commentVerdict, "Mention": commentMention},
	forge.Command: {"Confirm": commandConfirm, "Stamp": commandStamp},
	forge.Queue:   {"Landing": queueLanding},
	forge.Suggest: {"Correction": suggestCorrection},
	forge.Draft:   {"Marking": draftMarking, "Stamp": draftStamp},
	forge.Team:    {"Members": teamMembers},
	forge.Ask:     {"Reviewers": askReviewers},
	forge.Status:  {"Commit": statusCommit},
}

func commentVerdict(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	if r := s.do(show(id, head, "first")); !r.Done {
		s.Errorf("the first verdict was not shown: %+v", r)
	}
	first := s.Comments(id)
	if len(first) != 1 || !strings.Contains(first[0].Text, "first") {
		s.Fatalf("the comments are %+v", first)
	}
	s.do(show(id, head, "first"))
	if again := s.Comments(id); !slices.Equal(again, first) {
		s.Errorf("what did not change was written again: %+v, before %+v", again, first)
	}
	if r := s.do(show(id, head, "second")); !r.Done {
		s.Errorf("a new verdict was not shown: %+v", r)
	}
	moved := s.Push(id, "ada", File("a", "2"))
	s.do(show(id, moved, "third"))
	last := s.Comments(id)
	if len(last) != 1 || last[0].ID != first[0].ID || !strings.Contains(last[0].Text, "third") || strings.Contains(last[0].Text, "first") {
		s.Errorf("the comment was not edited in place: %+v, before %+v", last, first)
	}
}

func commentMention(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.do(show(id, head, "the verdict"))
	tell := func(key, text string) forge.Receipt {
		return s.do(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: key, Text: text}})
	}
	if one, two := tell("one", "the first word"), tell("two", "the second word"); !one.Done || !two.Done {
		s.Errorf("telling gave %+v and %+v", one, two)
	}
	if again := tell("one", "the first word"); again.Done {
		s.Errorf("telling again was done: %+v", again)
	}
	count := func(text string) (n int) {
		for _, c := range s.Comments(id) {
			n += strings.Count(c.Text, text)
		}
		return n
	}
	if count("the first word") != 1 || count("the second word") != 1 || count("the verdict") != 1 || len(s.Comments(id)) != 3 {
		s.Errorf("the comments are %+v", s.Comments(id))
	}
}

func commandConfirm(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	review := s.Review(id, "bob", Said{Review: catalog.Approve})
	s.Command(id, "carol", "/levee confirm 7f3a9c1")
	if r := s.review(id, review); r.Confirms != "" {
		s.Errorf("somebody else confirmed a review: %+v", r)
	}
	s.Command(id, "bob", "I think /levee confirm 7f3a9c1 is what they want to hear")
	if r := s.review(id, review); r.Confirms != "" {
		s.Errorf("talking about a command was one: %+v", r)
	}
	s.Command(id, "bob", "/levee confirm 7f3a9c1")
	if r := s.review(id, review); r.Confirms != "7f3a9c1" || r.Review != catalog.Approve {
		s.Errorf("the confirmed review is %+v", r)
	}
}

func queueLanding(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	before := s.tip()
	if r := s.do(land(id, head)); !r.Done || r.Commit != "" || s.tip() != before {
		s.Errorf("entering the queue gave %+v, and the base branch is at %s", r, s.tip())
	}
	if r := s.do(land(id, head)); r.Done {
		s.Errorf("entering the queue again was done: %+v", r)
	}
	if c := s.change(id); !c.Open || c.Landed != "" {
		s.Errorf("in the queue, it is %+v", c)
	}
	s.Drain()
	c := s.change(id)
	if c.Open || c.Landed == "" {
		s.Fatalf("after the queue, it is %+v", c)
	}
	s.holds(c.Landed, "a", "1")
	if r := s.do(land(id, head)); r.Done || r.Commit != c.Landed {
		s.Errorf("landing again gave %+v; it had landed as %s", r, c.Landed)
	}
}

func suggestCorrection(s *stage) {
	id, head := s.Open("ada", "hello", File("apps/hello/app.yaml", "kind: App\ncpu: 9\n"))
	a := show(id, head, "one thing to fix")
	a.Show.Notes = []forge.Note{
		{Path: "apps/hello/app.yaml", Line: 2, Level: catalog.Deny, Title: "cpu.cap", Message: "too much", Suggest: "cpu: 1"},
		{Path: "apps/hello/app.yaml", Line: 1, Level: catalog.Deny, Title: "kind", Message: "only said"},
	}
	s.do(a)
	s.do(a)
	got := s.Suggests(id)
	if len(got) != 1 || got[0].Path != "apps/hello/app.yaml" || got[0].Line != 2 || got[0].Suggest != "cpu: 1" {
		s.Errorf("what can be taken over is %+v", got)
	}
	// A line that the change did not touch can be shown somehow, or left out.
	a.Show.Notes = append(a.Show.Notes, forge.Note{Path: "elsewhere", Line: 400, Level: catalog.Warn, Title: "x", Message: "y", Suggest: "z"})
	s.do(a)
}

func draftMarking(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	for _, draft := range []bool{true, false} {
		s.Draft(id, draft)
		if c := s.change(id); c.Draft != draft || !c.Open {
			s.Errorf("marked as draft: %t, it is %+v", draft, c)
		}
		s.listed(id)
	}
}

func teamMembers(s *stage) {
	teams, ok := s.Forge.(forge.Teams)
	if !ok {
		s.Fatalf("the forge claims %q and is no forge.Teams", forge.Team)
	}
	s.Team("finance", []string{"ada", "bob"})
	members, err := teams.Members(s.Context(), "finance")
	if err != nil || len(members) != 2 || !slices.Contains(members, s.Who("ada")) || !slices.Contains(members, s.Who("bob")) {
		s.Errorf("the members are %+v, %v", members, err)
	}
	if members, err := teams.Members(s.Context(), "no-such-team"); !errors.Is(err, forge.ErrUnknown) {
		s.Errorf("a team that is not there: %+v, %v", members, err)
	}
}

func askReviewers(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	ask := func(people ...string) forge.Receipt {
		a := forge.Action{Change: id, Head: head, Ask: &forge.Asking{}}
		for _, p := range people {
			a.Ask.People = append(a.Ask.People, s.Who(p))
		}
		return s.do(a)
	}
	if r := ask("bob", "carol"); !r.Done {
		s.Errorf("asking gave %+v", r)
	}
	if r := ask("carol", "bob"); r.Done {
		s.Errorf("asking again was done: %+v", r)
	}
	if r := ask("bob", "dave"); !r.Done {
		s.Errorf("asking one more gave %+v", r)
	}
	if r := ask(); r.Done {
		s.Errorf("asking nobody was done: %+v", r)
	}
	asked := s.Asked(id)
	if len(asked) != 3 || slices.Contains(asked, s.Who("ada")) {
		s.Errorf("asked were %+v", asked)
	}
	s.Push(id, "ada", File("a", "2"))
	s.fails(forge.Action{Change: id, Head: head, Ask: &forge.Asking{People: []forge.Identity{s.Who("bob")}}}, forge.ErrStale)
}

func statusCommit(s *stage) {
	first := s.Direct("ada", File("a", "1"))
	second := s.Direct("ada", File("a", "2"))
	say := func(commit catalog.Commit, state forge.State, title string) forge.Receipt {
		return s.do(forge.Action{Head: commit, Status: &forge.CommitStatus{State: state, Title: title, Summary: "| a | b |"}})
	}
	want := func(commit catalog.Commit, state forge.State, title string) {
		s.Helper()
		if got, line := s.Status(commit); got != state || line != title {
			s.Errorf("%s is shown as %q, %q; not as %q, %q", commit.Short(), got, line, state, title)
		}
	}
	if r := say(first, forge.Pending, "it soaks"); !r.Done {
		s.Errorf("the first status was not shown: %+v", r)
	}
	if r := say(first, forge.Pending, "it soaks"); r.Done {
		s.Errorf("the same status was shown again: %+v", r)
	}
	want(first, forge.Pending, "it soaks")
	say(second, forge.Failure, "it fails")
	for _, state := range []forge.State{forge.Failure, forge.Success, forge.Pending, forge.Success} { // it fails, and recovers
		if r := say(first, state, "it is "+string(state)); !r.Done {
			s.Errorf("another status was not shown: %+v", r)
		}
		want(first, state, "it is "+string(state))
	}
	want(second, forge.Failure, "it fails")
}
