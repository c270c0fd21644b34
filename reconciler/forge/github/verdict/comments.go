package verdict

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Mark and TellMark are the first lines of this forge's comments, by which they are
// found. Only the first line is compared: the rest may quote what others wrote.
const Mark = "<!-- levee:verdict -->"

// TellMark is that of a comment with a key.
func TellMark(key string) string { return "<!-- levee:tell:" + api.Hash(key)[:32] + " -->" }

// Summary is the text of a verdict for people, no longer than GitHub takes.
func Summary(v *forge.Verdict) string {
	text := strings.TrimSpace(v.Summary)
	if text == "" {
		text = api.OneLine(v.Title)
	}
	return api.FitComment(text)
}

// Comments are this forge's own comments on pull requests.
type Comments struct {
	*api.Repository
	account *api.Account
	created *lru.Cache[string, int64]
}

// NewComments remembers in created what it wrote.
func NewComments(r *api.Repository, account *api.Account, created *lru.Cache[string, int64]) *Comments {
	return &Comments{r, account, created}
}

// Write creates the comment with a mark if there is none. If there is one and edit
// is set, it is edited where its text differs. Before it writes it calls current. It
// reports whether it wrote.
func (c *Comments) Write(ctx context.Context, number int, mark, text string, edit bool, current func() error) (bool, error) {
	found, err := c.find(ctx, number, mark)
	body := mark + "\n" + text
	if err != nil || found != nil && (!edit || sameText(found.GetBody(), body)) {
		return false, err
	}
	if err := current(); err != nil {
		return false, err
	}
	if found != nil {
		_, _, err = c.Client.Issues.EditComment(ctx, c.Owner, c.Name, found.GetID(), &github.IssueComment{Body: &body})
		return err == nil, api.WriteError(err)
	}
	made, _, err := c.Client.Issues.CreateComment(ctx, c.Owner, c.Name, number, &github.IssueComment{Body: &body})
	if err != nil {
		return false, api.WriteError(err)
	}
	c.created.Add(commentKey(number, mark), made.GetID())
	return true, nil
}

func commentKey(number int, mark string) string { return fmt.Sprintf("comment/%d/%s", number, mark) }

// find finds this forge's comment with a mark, or nil: the oldest, as a crash can
// cause two. One that was just created is found even if the list does not show it yet.
func (c *Comments) find(ctx context.Context, number int, mark string) (*github.IssueComment, error) {
	self, err := c.account.Login(ctx)
	if err != nil {
		return nil, err
	}
	list, err := c.Repository.Comments(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		if body := one.GetBody(); api.HasLogin(one.User, self) && (body == mark || strings.HasPrefix(body, mark+"\n") || strings.HasPrefix(body, mark+"\r\n")) {
			return one, nil
		}
	}
	id, ok := c.created.Get(commentKey(number, mark))
	if !ok {
		return nil, nil
	}
	made, _, err := c.Client.Issues.GetComment(ctx, c.Owner, c.Name, id)
	if api.Status(err) == http.StatusNotFound || err == nil && !strings.HasPrefix(made.GetBody(), mark) {
		c.created.Remove(commentKey(number, mark)) // somebody deleted it or changed its first line
		return nil, nil
	}
	return made, err
}

// sameText compares a text with what GitHub returns for it, which may have other line breaks
// and no space at the ends.
func sameText(a, b string) bool {
	return strings.TrimSpace(strings.ReplaceAll(a, "\r\n", "\n")) == strings.TrimSpace(strings.ReplaceAll(b, "\r\n", "\n"))
}
