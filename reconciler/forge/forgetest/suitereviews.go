package forgetest

import (
	"slices"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

var reviewTests = map[string]func(*stage){
	"AReview":            aReview,
	"Withdrawal":         withdrawal,
	"SeveralReviewers":   severalReviewers,
	"AReviewOfThePast":   aReviewOfThePast,
	"ReviewsOfOneChange": reviewsOfOneChange,
	"AReviewWithDigests": aReviewWithDigests,
}

func (s *stage) review(id, review string) forge.Review {
	s.Helper()
	c := s.change(id)
	i := slices.IndexFunc(c.Reviews, func(r forge.Review) bool { return r.ID == review })
	if i < 0 {
		s.Fatalf("the review %s is not there: %+v", review, c.Reviews)
	}
	return c.Reviews[i]
}

func aReview(s *stage) {
	id, head := s.Open("ada", "hello", File("a", "1"))
	for _, verdict := range []catalog.Review{catalog.Reject, catalog.Approve} {
		r := s.review(id, s.Review(id, "bob", Said{Review: verdict, Text: "I looked at `a`"}))
		if r.By != s.Who("bob") || r.Bot || r.Review != verdict || r.Commit != head || r.At.IsZero() || r.Text != "I looked at `a`" || r.Confirms != "" {
			s.Errorf("the review is %+v", r)
		}
	}
	s.listed(id)
}

func withdrawal(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	first := s.Review(id, "bob", Said{Review: catalog.Approve})
	last := s.Review(id, "bob", Said{Review: catalog.Reject})
	c := s.change(id)
	at := func(review string) int {
		return slices.IndexFunc(c.Reviews, func(r forge.Review) bool { return r.ID == review })
	}
	if first == last || at(last) < 0 || at(first) > at(last) {
		s.Fatalf("the reviews %s and %s are %+v", first, last, c.Reviews)
	}
	if r := c.Reviews[at(last)]; r.Review == catalog.Approve || r.By != s.Who("bob") {
		s.Errorf("the withdrawal is %+v", r)
	}
	for _, r := range c.Reviews[at(last):] {
		if r.Review == catalog.Approve {
			s.Errorf("an approval is said to come after the withdrawal: %+v", c.Reviews)
		}
	}
}

func severalReviewers(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	var want []string
	for _, person := range []string{"carol", "bob", "dave", "bob"} {
		want = append(want, s.Review(id, person, Said{Review: catalog.Approve}))
	}
	seen := map[string]bool{}
	var by []forge.Identity
	for _, r := range s.change(id).Reviews {
		if seen[r.ID] || !slices.Contains(want, r.ID) {
			s.Errorf("the review %s is there twice, or nobody's", r.ID)
		}
		seen[r.ID] = true
		by = append(by, r.By)
	}
	if !slices.Equal(by, []forge.Identity{s.Who("carol"), s.Who("bob"), s.Who("dave"), s.Who("bob")}) {
		s.Errorf("in order the reviews are by %+v", by)
	}
}

func aReviewOfThePast(s *stage) {
	id, first := s.Open("ada", "hello", File("a", "1"))
	review := s.Review(id, "bob", Said{Review: catalog.Approve})
	s.Push(id, "ada", File("a", "2"))
	if r := s.review(id, review); r.Witnessed && r.Commit != first {
		s.Errorf("a review of %s is said to be of %s, and witnessed", first, r.Commit)
	}
}

func reviewsOfOneChange(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	other, _ := s.Open("ada", "other", File("b", "1"))
	s.Review(other, "bob", Said{Review: catalog.Approve})
	if c := s.change(id); len(c.Reviews) != 0 {
		s.Errorf("it has the reviews of another change: %+v", c.Reviews)
	}
}

func aReviewWithDigests(s *stage) {
	id, _ := s.Open("ada", "hello", File("a", "1"))
	digests := map[string]catalog.Digest{"hello": "c1:7f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c1a"}
	r := s.review(id, s.Review(id, "bob", Said{Review: catalog.Approve, Digests: digests}))
	// A forge whose reviews cannot say so leaves it to the commit.
	if r.Digests != nil && r.Digests["hello"] != digests["hello"] {
		s.Errorf("the reviewer wrote %v, and the review says %v", digests, r.Digests)
	}
}
