package webhook

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
	"github.com/levee-gitops/levee/reconciler/forge/github/pulls"
)

// payload is what is read of an event. Other fields may have any form: go-github's types
// for events refuse, for example, a repository whose custom properties are lists.
type payload struct {
	Action     string
	Ref        string
	Sender     struct{ Login string }
	Repository struct {
		Name  string
		Owner struct{ Login string }
	}
	Number      int
	PullRequest struct {
		Number int
		Base   struct{ Ref string }
	} `json:"pull_request"`
	Review struct {
		ID          int64
		State, Body string
		Commit      string `json:"commit_id"`
	}
	Issue struct {
		Number      int
		PullRequest *struct{} `json:"pull_request"`
		User        struct{ Login string }
	}
	Comment struct {
		Body        string
		Association string `json:"author_association"`
		User        struct{ Login, Type string }
	}
	CheckRun   checkEvent `json:"check_run"`
	CheckSuite checkEvent `json:"check_suite"`
}

// checkEvent is what is read of a check run or a check suite.
type checkEvent struct {
	Head         string                 `json:"head_sha"`
	PullRequests []struct{ Number int } `json:"pull_requests"`
}

// of reports whether an event is of a repository.
func (p payload) of(r *api.Repository) bool {
	return strings.EqualFold(p.Repository.Name, r.Name) && strings.EqualFold(p.Repository.Owner.Login, r.Owner)
}

// keys lists what an event is about; nil for events that do not matter to any verdict.
func (p payload) keys(event string, open *pulls.Pulls) []forge.Key {
	switch event {
	case "pull_request", reviewEvent:
		if p.PullRequest.Number > 0 {
			return []forge.Key{keyOf(p.PullRequest.Number)}
		}
	case "issue_comment":
		if p.Issue.PullRequest != nil && p.isCommand() {
			return []forge.Key{keyOf(p.Issue.Number)}
		}
	case "push":
		if p.Ref == "refs/heads/"+open.Base {
			return []forge.Key{forge.KeyLanding}
		}
	case "check_run", "check_suite":
		var list []forge.Key
		for _, check := range []checkEvent{p.CheckRun, p.CheckSuite} {
			for _, pull := range check.PullRequests {
				list = append(list, keyOf(pull.Number))
			}
			if len(check.PullRequests) > 0 {
				continue
			}
			for _, id := range open.HeadedBy(check.Head) { // GitHub lists none for the pull request of a fork
				list = append(list, forge.KeyChange(id))
			}
		}
		if len(list) == 0 {
			list = []forge.Key{forge.KeyAll}
		}
		return list
	}
	return nil
}

// keyOf is the key of a pull request.
func keyOf(number int) forge.Key { return forge.KeyChange(strconv.Itoa(number)) }

// commandPattern matches a comment that begins with a command.
var commandPattern = regexp.MustCompile(`^/levee (?:confirm|recheck)\b`)

// isCommand reports whether a comment is a command of a person who may give one: the author
// of the pull request or a collaborator. It only keeps strangers and bots from causing
// work; whose approval counts is decided elsewhere.
func (p payload) isCommand() bool {
	c := p.Comment
	if p.Action != "created" || c.User.Type != api.PersonType || !commandPattern.MatchString(c.Body) {
		return false
	}
	return strings.EqualFold(c.User.Login, p.Issue.User.Login) || slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, c.Association)
}
