package githubtest

import (
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

type comment struct {
	id            int64
	by, body      string
	made, changed time.Time
}

func (s *Server) commentObject(c *comment) obj {
	return obj{"id": c.id, "body": c.body, "user": orNil(s.user(c.by)), "created_at": stamp(c.made), "updated_at": stamp(c.changed)}
}

func (s *Server) listComments(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	var list []obj
	for _, one := range p.comments {
		if s.visible(one.made) {
			list = append(list, s.commentObject(one))
		}
	}
	return s.objects("issue-comment", list)
}

func fits(body string) error {
	if utf8.RuneCountInString(body) > 65536 {
		return refuse(http.StatusUnprocessableEntity, "body is too long (maximum is 65536 characters)")
	}
	return nil
}

func (s *Server) createComment(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	body, _ := c.body["body"].(string)
	if err := fits(body); err != nil {
		return answer{}, err
	}
	made := s.newComment(p, c.by, body)
	return s.object(http.StatusCreated, "issue-comment", s.commentObject(made))
}

func (s *Server) newComment(p *pull, by, body string) *comment {
	one := &comment{id: s.id(), by: by, body: body, made: s.now(), changed: s.now()}
	p.comments = append(p.comments, one)
	p.updated = s.now()
	return one
}

func (s *Server) comment(c *call) (*pull, *comment, error) {
	id, _ := strconv.ParseInt(c.PathValue("comment_id"), 10, 64)
	for _, p := range s.pulls {
		for _, one := range p.comments {
			if one.id == id {
				return p, one, nil
			}
		}
	}
	return nil, nil, refuse(http.StatusNotFound, "Not Found")
}

func (s *Server) getComment(c *call) (answer, error) {
	_, one, err := s.comment(c)
	if err != nil {
		return answer{}, err
	}
	return s.object(http.StatusOK, "issue-comment", s.commentObject(one))
}

func (s *Server) editComment(c *call) (answer, error) {
	p, one, err := s.comment(c)
	if err != nil {
		return answer{}, err
	}
	body, _ := c.body["body"].(string)
	if err := fits(body); err != nil {
		return answer{}, err
	}
	one.body, one.changed, p.updated = body, s.now(), s.now()
	return s.object(http.StatusOK, "issue-comment", s.commentObject(one))
}
