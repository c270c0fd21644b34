package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

type checkRun struct {
	id                      int64
	name, sha, external, by string
	state, conclusion       string
	title, summary          string
	notes                   []any
	at                      time.Time
}

func (s *Server) checkObject(k *checkRun) obj {
	o := obj{
		"id": k.id, "name": k.name, "head_sha": k.sha, "external_id": k.external, "status": k.state, "conclusion": nil,
		"output": obj{"title": k.title, "summary": k.summary, "text": nil, "annotations_count": len(k.notes)},
		"app":    obj{"id": s.app.id, "slug": s.app.slug, "owner": s.user(s.owner)}, "completed_at": nil, "started_at": stamp(k.at),
	}
	if k.conclusion != "" {
		o["conclusion"], o["completed_at"] = k.conclusion, stamp(k.at)
	}
	return o
}

// set changes a check run as a request says.
func (k *checkRun) set(body obj) error {
	text := func(o map[string]any, key string, to *string) {
		if v, ok := o[key].(string); ok {
			*to = v
		}
	}
	text(body, "name", &k.name)
	text(body, "external_id", &k.external)
	text(body, "status", &k.state)
	if text(body, "conclusion", &k.conclusion); k.conclusion != "" && body["conclusion"] != nil {
		k.state = "completed"
	} else if body["status"] != nil && k.state != "completed" {
		k.conclusion = ""
	}
	output, _ := body["output"].(map[string]any)
	notes, _ := output["annotations"].([]any)
	if len(notes) > 50 {
		return refuse(http.StatusUnprocessableEntity, "Invalid request.\n\nNo more than 50 items are allowed; %d were supplied.", len(notes))
	}
	text(output, "title", &k.title)
	text(output, "summary", &k.summary)
	if utf8.RuneCountInString(k.summary) > 65535 {
		return refuse(http.StatusUnprocessableEntity, "Invalid request.\n\nOnly 65535 characters are allowed; %d were supplied.", len(k.summary))
	}
	k.notes = append(k.notes, notes...) // updates add to what is there
	return nil
}

func (s *Server) createCheck(c *call) (answer, error) {
	if !c.app {
		return answer{}, refuse(http.StatusForbidden, "You must authenticate via a GitHub App.")
	}
	sha, _ := c.body["head_sha"].(string)
	k := &checkRun{id: s.id(), sha: sha, by: c.by, state: "queued", at: s.now()}
	if err := k.set(c.body); err != nil {
		return answer{}, err
	}
	s.checks = append(s.checks, k)
	return s.object(http.StatusCreated, "check-run", s.checkObject(k))
}

func (s *Server) updateCheck(c *call) (answer, error) {
	if !c.app {
		return answer{}, refuse(http.StatusForbidden, "You must authenticate via a GitHub App.")
	}
	for _, k := range s.checks {
		if strconv.FormatInt(k.id, 10) == c.PathValue("check_run_id") {
			if err := k.set(c.body); err != nil {
				return answer{}, err
			}
			return s.object(http.StatusOK, "check-run", s.checkObject(k))
		}
	}
	return answer{}, refuse(http.StatusNotFound, "Not Found")
}

// listChecks lists the latest run of each name, newest first.
func (s *Server) listChecks(c *call) (answer, error) {
	list, seen := []any{}, map[string]bool{}
	for _, k := range slices.Backward(s.checks) {
		if k.sha != c.PathValue("ref") || seen[k.name] || !s.visible(k.at) || c.URL.Query().Get("check_name") != "" && c.URL.Query().Get("check_name") != k.name {
			continue
		}
		seen[k.name] = true
		v, err := s.spec.make("check-run", s.checkObject(k))
		if err != nil {
			return answer{}, err
		}
		list = append(list, v)
	}
	return answer{http.StatusOK, obj{"total_count": len(list), "check_runs": list}}, nil
}

type statusOf struct {
	id                         int64
	sha, name, state, text, by string
	at                         time.Time
}

func (s *Server) statusObject(k *statusOf) obj {
	return obj{"id": k.id, "context": k.name, "state": k.state, "description": k.text, "creator": s.user(k.by), "created_at": stamp(k.at), "updated_at": stamp(k.at)}
}

func (s *Server) listStatuses(c *call) (answer, error) {
	var list []obj
	for _, k := range slices.Backward(s.statuses) {
		if k.sha == c.PathValue("ref") && s.visible(k.at) {
			list = append(list, s.statusObject(k))
		}
	}
	return s.objects("status", list)
}

func (s *Server) createStatus(c *call) (answer, error) {
	text := func(key string) string { v, _ := c.body[key].(string); return v }
	if utf8.RuneCountInString(text("description")) > 140 {
		return answer{}, refuse(http.StatusUnprocessableEntity, "description is too long (maximum is 140 characters)")
	}
	k := &statusOf{id: s.id(), sha: c.PathValue("sha"), name: text("context"), state: text("state"), text: text("description"), by: c.by, at: s.now()}
	s.statuses = append(s.statuses, k)
	return s.object(http.StatusCreated, "status", s.statusObject(k))
}
