package githubtest

import (
	"fmt"
	"slices"

	"strings"
)

// Pull says what pull request somebody opens.
type Pull struct {
	By, Title, Branch, Base string
	Head                    string // the commit
	Fork                    bool   // from a fork of theirs
	Draft                   bool
}

// Open makes a branch and a pull request from it, and returns its number.
func (s *Server) Open(p Pull) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	repo := s.owner + "/" + s.repo
	if p.Fork {
		repo = p.By + "/" + s.repo
		s.pushed(p.By, repo, p.Branch, "", p.Head, "branch_creation")
	} else if err := s.move(p.By, repo, p.Branch, p.Head, true); err != nil {
		s.t.Fatal(err)
	}
	made := s.newPull(p.By, p.Title, repo, p.Branch, p.Base)
	if made.draft = p.Draft; p.Fork {
		s.start(made, p.Head)
	}
	return made.number
}

// Push moves the branch of a pull request to a descendant of its head.
func (s *Server) Push(number int, by, sha string) { s.push(number, by, sha, false) }

// ForcePush moves the branch of a pull request to any commit.
func (s *Server) ForcePush(number int, by, sha string) { s.push(number, by, sha, true) }

func (s *Server) push(number int, by, sha string, force bool) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	p := s.pulls[number]
	if err := s.move(by, p.repo, p.branch, sha, force); err != nil {
		s.t.Fatal(err)
	}
}

// Direct pushes to a branch without a pull request.
func (s *Server) Direct(by, name, sha string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	if err := s.move(by, s.owner+"/"+s.repo, name, sha, true); err != nil {
		s.t.Fatal(err)
	}
}

// Update merges the base into a pull request, as the button "Update branch" does.
func (s *Server) Update(number int, by string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	p := s.pulls[number]
	base := s.ref(branch(p.base))
	tree := s.must("merge-tree", "--write-tree", p.head, base)
	sha, err := s.gitAs(by, by+"@users.noreply.github.com", "", "commit-tree", tree, "-p", p.head, "-p", base, "-m", "Merge branch '"+p.base+"' into "+p.branch)
	if err == nil {
		err = s.move(by, p.repo, p.branch, sha, false)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return sha
}

// Close closes a pull request without merging it.
func (s *Server) Close(number int) {
	s.edit(number, func(p *pull) { p.open, p.closed = false, s.now() })
}

// Reopen reopens a closed pull request.
func (s *Server) Reopen(number int) { s.edit(number, func(p *pull) { p.open = true }) }

// Draft marks a pull request as a draft, or as ready.
func (s *Server) Draft(number int, draft bool) { s.edit(number, func(p *pull) { p.draft = draft }) }

// Retarget changes the base of a pull request.
func (s *Server) Retarget(number int, base string) {
	s.edit(number, func(p *pull) {
		p.base = base
		p.events = append(p.events, obj{"event": "base_ref_changed", "actor": s.user(p.author), "created_at": stamp(s.now()), "id": s.id()})
	})
}

// LoseFork deletes the fork that a pull request came from.
func (s *Server) LoseFork(number int) { s.edit(number, func(p *pull) { p.repo = "" }) }

func (s *Server) edit(number int, f func(*pull)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	f(s.pulls[number])
	s.pulls[number].updated = s.now()
}

// Review submits a review of the head, or of the commit named, in GitHub's words:
// APPROVED, CHANGES_REQUESTED, COMMENTED or PENDING. It returns its id.
func (s *Server) Review(number int, by, state, body, commit string) int64 {
	var id int64
	s.edit(number, func(p *pull) {
		r := &review{id: s.id(), by: by, state: state, body: body, commit: orElse(commit, p.head), at: s.now()}
		id = r.id
		p.reviews = append(p.reviews, r)
		p.requested = slices.DeleteFunc(p.requested, func(l string) bool { return l == by })
		p.events = append(p.events, obj{"event": "reviewed", "id": r.id, "user": s.user(by), "state": strings.ToLower(state), "submitted_at": stamp(r.at), "commit_id": r.commit, "body": body})
		stamped := s.reviewObject(p, r)
		stamped["state"] = strings.ToLower(state)
		s.deliver("pull_request_review", by, "submitted", obj{"review": stamped, "pull_request": obj{"number": p.number, "head": obj{"sha": p.head}, "base": obj{"ref": p.base}}})
	})
	return id
}

// Dismiss dismisses a review.
func (s *Server) Dismiss(number int, id int64) {
	s.edit(number, func(p *pull) {
		for _, r := range p.reviews {
			if r.id == id {
				r.state = "DISMISSED"
				stamped := s.reviewObject(p, r)
				stamped["state"] = "dismissed"
				s.deliver("pull_request_review", r.by, "dismissed", obj{"review": stamped, "pull_request": obj{"number": p.number, "head": obj{"sha": p.head}, "base": obj{"ref": p.base}}})
			}
		}
	})
}

// Comment writes a comment and returns its id.
func (s *Server) Comment(number int, by, body string) int64 {
	var id int64
	s.edit(number, func(p *pull) {
		c := s.newComment(p, by, body)
		id = c.id
		said := s.commentObject(c)
		said["author_association"] = s.association(by)
		s.deliver("issue_comment", by, "created", obj{"comment": said, "issue": obj{"number": p.number, "pull_request": obj{}, "user": s.user(p.author)}})
	})
	return id
}

// association is the author_association of an account's comments.
func (s *Server) association(login string) string {
	if a := s.accounts[login]; a != nil && a.collaborator {
		return "COLLABORATOR"
	}
	return "NONE"
}

// Reword edits the text of a comment.
func (s *Server) Reword(number int, id int64, body string) {
	s.edit(number, func(p *pull) {
		for _, c := range p.comments {
			if c.id == id {
				c.body, c.changed = body, s.now()
			}
		}
	})
}

// Posted is a comment.
type Posted struct {
	ID       int64
	By, Body string
}

// Comments lists the comments of a pull request, oldest first.
func (s *Server) Comments(number int) []Posted {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Posted
	for _, c := range s.pulls[number].comments {
		list = append(list, Posted{c.id, c.by, c.body})
	}
	return list
}

// Requested lists the requested reviewers.
func (s *Server) Requested(number int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pulls[number].requested)
}

// Head is the head of a pull request.
func (s *Server) Head(number int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pulls[number].head
}

// Shown is a check run or a commit status. State is the conclusion of a completed run.
type Shown struct {
	Name, SHA, State, Title, Summary string
	Notes                            int
}

// Checks lists the check runs, oldest first.
func (s *Server) Checks() []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Shown
	for _, k := range s.checks {
		list = append(list, Shown{k.name, k.sha, orElse(k.conclusion, k.state), k.title, k.summary, len(k.notes)})
	}
	return list
}

// Statuses lists the commit statuses, oldest first.
func (s *Server) Statuses() []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Shown
	for _, k := range s.statuses {
		list = append(list, Shown{Name: k.name, SHA: k.sha, State: k.state, Title: k.text})
	}
	return list
}

// String names a pull request in messages.
func (p *pull) String() string { return fmt.Sprintf("#%d", p.number) }
