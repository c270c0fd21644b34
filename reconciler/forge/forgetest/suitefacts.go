package forgetest

import (
	"errors"
	"reflect"
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

var factTests = map[string]func(*stage){
	"AnOpenChange":      anOpenChange,
	"AnUnknownChange":   anUnknownChange,
	"AnotherBase":       anotherBase,
	"Stamps":            stamps,
	"Pushers":           pushers,
	"NamesAreOnlyNames": namesAreOnlyNames,
	"ACleanMerge":       aCleanMerge,
	"AForcePush":        aForcePush,
	"ClosedAndReopened": closedAndReopened,
	"FactsDoNotChange":  factsDoNotChange,
	"ADirectPush":       aDirectPush,
}

func anOpenChange(s *stage) {
	s.listed()
	id, head := s.Open("ada", "hello", File("apps/hello/app.yaml", "kind: App\n"))
	other, _ := s.Open("bob", "other", File("apps/other/app.yaml", "kind: App\n"))
	s.listed(id, other)
	c := s.change(id)
	if c.Base != s.Base || c.Head != head || !c.Open || c.Landed != "" || c.Draft || c.Bot || c.Title == "" {
		s.Errorf("the change is %+v", c)
	}
	if c.Author != s.Who("ada") {
		s.Errorf("its author is %+v, want %+v", c.Author, s.Who("ada"))
	}
	if !hand(c, as(s.Who("ada")), "apps/hello/app.yaml") {
		s.Errorf("its author had no hand in it: %+v", c.Contributors)
	}
	if hand(c, as(s.Who("bob")), "apps/hello/app.yaml") || len(c.Reviews) != 0 {
		s.Errorf("others had a hand in it, or reviewed it: %+v", c)
	}
}

func anUnknownChange(s *stage) {
	if c, err := s.Forge.Change(s.Context(), s.Unknown); !errors.Is(err, forge.ErrUnknown) {
		s.Errorf("%+v, %v", c, err)
	}
	head := s.tip()
	s.fails(land(s.Unknown, head), forge.ErrUnknown)
	s.fails(show(s.Unknown, head, ""), forge.ErrUnknown)
	s.fails(land("", head), forge.ErrUnknown)
}

func anotherBase(s *stage) {
	s.Open("ada", "hello", File("a", "1"))
	if ids, err := s.Forge.Changes(s.Context(), s.Base+"-of-old"); err != nil || len(ids) != 0 {
		s.Errorf("for another base there are %q, %v", ids, err)
	}
}

func pushers(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	head := s.Push(id, "bob", File("b", "2"))
	c := s.change(id)
	if c.Head != head || c.Author != s.Who("ada") {
		s.Errorf("after a push by another person the change is %+v", c)
	}
	if !hand(c, as(s.Who("ada")), "a") || !hand(c, as(s.Who("bob")), "b") {
		s.Errorf("a pusher had no hand in it: %+v", c.Contributors)
	}
}

func namesAreOnlyNames(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	s.Push(id, "bob", Work{
		Files: map[string]string{"b": "2"}, Names: "Carol <carol@example.com>", With: []string{"Dave <dave@example.com>"},
	})
	c := s.change(id)
	if hand(c, as(s.Who("carol")), "b") || hand(c, as(s.Who("dave")), "b") || !hand(c, as(s.Who("bob")), "b") {
		s.Errorf("a name in a commit was taken for the person: %+v", c.Contributors)
	}
	for _, address := range []string{"carol@example.com", "dave@example.com"} {
		if !hand(c, mail(address), "b") {
			s.Errorf("%s is named in a commit and no contributor: %+v", address, c.Contributors)
		}
	}
}

func aCleanMerge(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	before := s.change(id)
	s.Direct("carol", File("elsewhere", "2"))
	head := s.Update(id, "dave")
	after := s.change(id)
	if after.Head != head || after.Author != before.Author || !reflect.DeepEqual(after.Contributors, before.Contributors) {
		s.Errorf("a clean merge of the base made %+v of %+v", after, before)
	}
}

func aForcePush(s *stage) {
	id, first := s.Open("ada", "hello", File("a", "1"))
	review := s.Review(id, "carol", Said{Review: catalog.Approve})
	head := s.Rewrite(id, "bob", File("b", "2"))
	c := s.change(id)
	if head == first || c.Head != head || !c.Open || !hand(c, as(s.Who("bob")), "b") {
		s.Errorf("after a force-push the change is %+v", c)
	}
	for _, r := range c.Reviews {
		if r.ID == review && r.Witnessed && r.Commit != first {
			s.Errorf("a review of %s is said to be of %s, and witnessed", first, r.Commit)
		}
	}
	s.listed(id)
}

func closedAndReopened(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	s.Close(id)
	s.listed()
	if c, err := s.Forge.Change(s.Context(), id); !errors.Is(err, forge.ErrUnknown) && (err != nil || c.Open || c.Landed != "") {
		s.Errorf("closed, it is %+v, %v", c, err)
	}
	s.fails(land(id, head), forge.ErrUnknown, forge.ErrStale, forge.ErrRefused)
	s.Reopen(id)
	s.listed(id)
	if c := s.change(id); !c.Open || c.Head != head || c.Author != s.Who("ada") {
		s.Errorf("reopened, it is %+v", c)
	}
	s.do(land(id, head))
}

func factsDoNotChange(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	s.Review(id, "bob", Said{Review: catalog.Approve, Text: "Fine"})
	before, again := s.change(id), s.change(id)
	if !reflect.DeepEqual(before, again) {
		s.Errorf("read twice, it is %+v and %+v", before, again)
	}
	s.Push(id, "bob", File("b", "2"))
	s.Review(id, "carol", Said{Review: catalog.Reject})
	if !reflect.DeepEqual(before, again) {
		s.Errorf("what was read changed afterwards: %+v, %+v", before, again)
	}
	before.Contributors[0].Paths = append(before.Contributors[0].Paths[:0], "overwritten")
	before.Reviews[0].Text = "overwritten"
	c := s.change(id)
	if c.Reviews[0].Text != "Fine" || slices.ContainsFunc(c.Contributors, func(by forge.Contributor) bool { return slices.Contains(by.Paths, "overwritten") }) {
		s.Errorf("who read facts can write them: %+v", c)
	}
}

func aDirectPush(s *stage) {
	commit := s.Direct("ada", File("a", "1"))
	if id, err := s.Forge.Landed(s.Context(), commit); err != nil || id != "" {
		s.Errorf("a direct push was brought by %q, %v", id, err)
	}
	s.listed()
}
