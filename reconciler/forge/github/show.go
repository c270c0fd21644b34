package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// verdictMark and tellMark are the first lines of this forge's comments, by which they are
// found. Only the first line is compared: the rest may quote what others wrote.
const verdictMark = "<!-- levee:verdict -->"

func tellMark(key string) string { return "<!-- levee:tell:" + hashOf(key)[:32] + " -->" }

// show writes a verdict as a check on the head, for branch protection, and as a comment
// for people, which is edited in place. Neither is written if it says the same already.
func (f *Forge) show(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, current, err := f.pullOf(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	// The comment comes first: who sees the check can read the reason.
	commented, err := f.writeComment(ctx, p.GetNumber(), verdictMark, summary(a.Show), true, current)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("write the comment: %w", err)
	}
	checked, err := f.writeCheck(ctx, "levee: "+f.base, a.Head, a.Show, current)
	return forge.Receipt{Done: commented || checked}, err
}

// status writes how far a commit of the base branch has come as a check of its own, beside
// the one that its change had.
func (f *Forge) status(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	v := &forge.Verdict{State: a.Status.State, Title: a.Status.Title, Summary: a.Status.Summary}
	wrote, err := f.writeCheck(ctx, "levee: applied", a.Head, v, func() error { return nil })
	return forge.Receipt{Done: wrote}, err
}

// writeCheck writes a check on a commit, as an app a check run, and reports whether it wrote.
func (f *Forge) writeCheck(ctx context.Context, name string, commit catalog.Commit, v *forge.Verdict, current func() error) (bool, error) {
	write := f.showStatus
	if f.appID != 0 {
		write = f.showCheck
	}
	wrote, err := write(ctx, name, string(commit), v, current)
	if err != nil {
		return false, fmt.Errorf("write the check %q: %w", name, err)
	}
	return wrote, nil
}

// summary is the text of a verdict for people, no longer than GitHub takes.
func summary(v *forge.Verdict) string {
	text := strings.TrimSpace(v.Summary)
	if text == "" {
		text = oneLine(v.Title)
	}
	return fitComment(text)
}

// tell writes a separate comment, once for each key.
func (f *Forge) tell(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, current, err := f.pullOf(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	done, err := f.writeComment(ctx, p.GetNumber(), tellMark(a.Mention.Key), fitComment(a.Mention.Text), false, current)
	return forge.Receipt{Done: done}, err
}

// writeComment creates the comment with a mark if there is none. If there is one and edit
// is set, it is edited where its text differs. Before it writes it calls current. It
// reports whether it wrote.
func (f *Forge) writeComment(ctx context.Context, number int, mark, text string, edit bool, current func() error) (bool, error) {
	found, err := f.findComment(ctx, number, mark)
	body := mark + "\n" + text
	if err != nil || found != nil && (!edit || sameText(found.GetBody(), body)) {
		return false, err
	}
	if err := current(); err != nil {
		return false, err
	}
	if found != nil {
		_, _, err = f.client.Issues.EditComment(ctx, f.owner, f.repo, found.GetID(), &github.IssueComment{Body: &body})
		return err == nil, writeError(err)
	}
	made, _, err := f.client.Issues.CreateComment(ctx, f.owner, f.repo, number, &github.IssueComment{Body: &body})
	if err != nil {
		return false, writeError(err)
	}
	f.created.Add(commentKey(number, mark), made.GetID())
	return true, nil
}

func commentKey(number int, mark string) string { return fmt.Sprintf("comment/%d/%s", number, mark) }

// findComment finds this forge's comment with a mark, or nil: the oldest, as a crash can
// cause two. One that was just created is found even if the list does not show it yet.
func (f *Forge) findComment(ctx context.Context, number int, mark string) (*github.IssueComment, error) {
	self, err := f.selfLogin(ctx)
	if err != nil {
		return nil, err
	}
	list, err := f.comments(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if hasLogin(c.User, self) && (c.GetBody() == mark || strings.HasPrefix(c.GetBody(), mark+"\n") || strings.HasPrefix(c.GetBody(), mark+"\r\n")) {
			return c, nil
		}
	}
	id, ok := f.created.Get(commentKey(number, mark))
	if !ok {
		return nil, nil
	}
	c, _, err := f.client.Issues.GetComment(ctx, f.owner, f.repo, id)
	if statusCode(err) == http.StatusNotFound || err == nil && !strings.HasPrefix(c.GetBody(), mark) {
		f.created.Remove(commentKey(number, mark)) // somebody deleted it or changed its first line
		return nil, nil
	}
	return c, err
}
