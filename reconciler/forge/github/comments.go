package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// verdictMark and tellMark are the first lines of this forge's comments, by which they are
// found. Only the first line is compared: the rest may quote what others wrote.
const verdictMark = "<!-- levee:verdict -->"

func tellMark(key string) string { return "<!-- levee:tell:" + hashOf(key)[:32] + " -->" }

// summary is the text of a verdict for people, no longer than GitHub takes.
func summary(v *forge.Verdict) string {
	text := strings.TrimSpace(v.Summary)
	if text == "" {
		text = oneLine(v.Title)
	}
	return fitComment(text)
}

// comments are this forge's own comments on pull requests.
type comments struct {
	*repository
	account *account
	created *lru.Cache[string, int64]
}

// write creates the comment with a mark if there is none. If there is one and edit
// is set, it is edited where its text differs. Before it writes it calls current. It
// reports whether it wrote.
func (c *comments) write(ctx context.Context, number int, mark, text string, edit bool, current func() error) (bool, error) {
	found, err := c.find(ctx, number, mark)
	body := mark + "\n" + text
	if err != nil || found != nil && (!edit || sameText(found.GetBody(), body)) {
		return false, err
	}
	if err := current(); err != nil {
		return false, err
	}
	if found != nil {
		_, _, err = c.client.Issues.EditComment(ctx, c.owner, c.name, found.GetID(), &github.IssueComment{Body: &body})
		return err == nil, writeError(err)
	}
	made, _, err := c.client.Issues.CreateComment(ctx, c.owner, c.name, number, &github.IssueComment{Body: &body})
	if err != nil {
		return false, writeError(err)
	}
	c.created.Add(commentKey(number, mark), made.GetID())
	return true, nil
}

func commentKey(number int, mark string) string { return fmt.Sprintf("comment/%d/%s", number, mark) }

// find finds this forge's comment with a mark, or nil: the oldest, as a crash can
// cause two. One that was just created is found even if the list does not show it yet.
func (c *comments) find(ctx context.Context, number int, mark string) (*github.IssueComment, error) {
	self, err := c.account.login(ctx)
	if err != nil {
		return nil, err
	}
	list, err := c.repository.comments(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if body := one.GetBody(); hasLogin(one.User, self) && (body == mark || strings.HasPrefix(body, mark+"\n") || strings.HasPrefix(body, mark+"\r\n")) {
			return one, nil
		}
	}
	id, ok := c.created.Get(commentKey(number, mark))
	if !ok {
		return nil, nil
	}
	made, _, err := c.client.Issues.GetComment(ctx, c.owner, c.name, id)
	if statusCode(err) == http.StatusNotFound || err == nil && !strings.HasPrefix(made.GetBody(), mark) {
		c.created.Remove(commentKey(number, mark)) // somebody deleted it or changed its first line
		return nil, nil
	}
	return made, err
}
