package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// mergePull merges a pull request, or refuses as GitHub does.
func (s *Server) mergePull(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	switch sha, _ := c.body["sha"].(string); {
	case p.merged:
		return answer{}, refuse(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	case !p.open:
		return answer{}, refuse(http.StatusMethodNotAllowed, "Pull Request is closed")
	case sha != "" && sha != p.head:
		return answer{}, refuse(http.StatusConflict, "Head branch was modified. Review and try the merge again.")
	case s.protect != "":
		return answer{}, refuse(http.StatusMethodNotAllowed, "%s", s.protect)
	case p.draft:
		return answer{}, refuse(http.StatusMethodNotAllowed, "Pull Request is still a draft")
	}
	base := s.ref(branch(p.base))
	tree, err := s.git("merge-tree", "--write-tree", base, p.head)
	if err != nil {
		return answer{}, refuse(http.StatusMethodNotAllowed, "Pull Request is not mergeable")
	}
	title, _ := c.body["commit_title"].(string)
	message, _ := c.body["commit_message"].(string)
	args := []string{"commit-tree", tree, "-m", orElse(title, fmt.Sprintf("Merge pull request #%d from %s", p.number, p.branch)), "-m", message, "-p", base}
	if method, _ := c.body["merge_method"].(string); method != "squash" {
		args = append(args, "-p", p.head)
	}
	commit, err := s.git(args...)
	if err != nil {
		return answer{}, err
	}
	p.baseSHA = base
	s.must("update-ref", branch(p.base), commit, base)
	s.pushed(c.by, s.owner+"/"+s.repo, p.base, base, commit, "pr_merge")
	p.open, p.merged, p.mergeSHA, p.mergedAt, p.closed = false, true, commit, s.now(), s.now()
	return s.object(http.StatusOK, "pull-request-merge-result", obj{"sha": commit, "merged": true, "message": "Pull Request successfully merged"})
}

type review struct {
	id              int64
	by, state, body string
	commit          string
	at              time.Time
}

func (s *Server) reviewObject(p *pull, r *review) obj {
	return obj{
		"id": r.id, "node_id": "x", "user": orNil(s.user(r.by)), "body": r.body, "state": r.state, "submitted_at": stamp(r.at), "commit_id": r.commit,
		"html_url": fmt.Sprintf("https://example.com/pull/%d#pullrequestreview-%d", p.number, r.id),
	}
}

func (s *Server) listReviews(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	var list []obj
	for _, r := range p.reviews {
		if s.visible(r.at) {
			list = append(list, s.reviewObject(p, r))
		}
	}
	return s.objects("pull-request-review", list)
}

func (s *Server) requestReviewers(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	asked, _ := c.body["reviewers"].([]any)
	for _, a := range asked {
		login, _ := a.(string)
		if acc := s.accounts[login]; acc == nil || !acc.collaborator {
			return answer{}, refuse(http.StatusUnprocessableEntity, "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the %s/%s repository.", s.owner, s.repo)
		}
		if login == p.author {
			return answer{}, refuse(http.StatusUnprocessableEntity, "Review cannot be requested from pull request author.")
		}
	}
	for _, a := range asked {
		if login, _ := a.(string); !slices.Contains(p.requested, login) {
			p.requested = append(p.requested, login)
		}
	}
	return s.object(http.StatusCreated, "pull-request-simple", s.pullObject(p, false))
}

func (s *Server) listTimeline(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	all := []any{}
	for _, e := range p.events {
		if at, err := time.Parse(time.RFC3339, fmt.Sprint(e["created_at"])); err == nil && !s.visible(at) {
			continue
		}
		schema := "state-change-issue-event"
		switch e["event"] {
		case "committed":
			schema = "timeline-committed-event"
		case "reviewed":
			schema = "timeline-reviewed-event"
		}
		v, err := s.spec.make(schema, e)
		if err != nil {
			return answer{}, err
		}
		all = append(all, v)
	}
	return answer{http.StatusOK, all}, nil
}
