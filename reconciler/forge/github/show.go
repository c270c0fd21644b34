package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// The first lines of our comments, by which they are found again. They are looked
// for nowhere else, for what others wrote may be quoted in the rest.
const verdictMark = "<!-- levee:verdict -->"

func tellMark(key string) string { return "<!-- levee:tell:" + hashOf(key)[:32] + " -->" }

// show makes a verdict readable: as a check on the head for the merge gate, and in
// one comment for people, edited in place. What says so already is not written.
func (f *Forge) show(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := f.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	name := "levee: " + f.base
	gate := f.status
	if f.appID != 0 {
		gate = f.check
	}
	// The comment comes first: nobody should see the gate open and not why.
	commented, err := f.say(ctx, p.GetNumber(), verdictMark, verdictMark+"\n"+summary(a.Show), true)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("write the comment: %w", err)
	}
	gated, err := gate(ctx, name, string(a.Head), a.Show)
	if err != nil {
		return forge.Receipt{}, fmt.Errorf("write the check %q: %w", name, err)
	}
	return forge.Receipt{Done: commented || gated}, nil
}

// summary is what a verdict says to people.
func summary(v *forge.Verdict) string {
	text := strings.TrimSpace(v.Summary)
	if text == "" {
		text = line1(v.Title)
	}
	return fitting(text)
}

// tell writes a comment of its own, once for its key.
func (f *Forge) tell(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	p, err := f.current(ctx, a)
	if err != nil {
		return forge.Receipt{}, err
	}
	mark := tellMark(a.Tell.Key)
	done, err := f.say(ctx, p.GetNumber(), mark, mark+"\n"+fitting(a.Tell.Text), false)
	return forge.Receipt{Done: done}, err
}

// say writes a comment with a mark unless it is there, and where edit is set makes
// the one that is there say the same. It reports whether it wrote.
func (f *Forge) say(ctx context.Context, number int, mark, body string, edit bool) (bool, error) {
	found, err := f.own(ctx, number, mark)
	if err != nil {
		return false, err
	}
	key := fmt.Sprintf("comment/%d/%s", number, mark)
	switch {
	case found == nil:
		made, _, err := f.client.Issues.CreateComment(ctx, f.owner, f.repo, number, &github.IssueComment{Body: &body})
		if err != nil {
			return false, refused(err)
		}
		f.wrote(key, made.GetID())
		return true, nil
	case !edit || same(found.GetBody(), body):
		return false, nil
	}
	_, _, err = f.client.Issues.EditComment(ctx, f.owner, f.repo, found.GetID(), &github.IssueComment{Body: &body})
	return err == nil, refused(err)
}

// own finds our comment with a mark: the oldest of them, should a crash have made
// two. One that was just written is known even while the list lacks it.
func (f *Forge) own(ctx context.Context, number int, mark string) (*github.IssueComment, error) {
	self, err := f.me(ctx)
	if err != nil {
		return nil, err
	}
	list, err := f.comments(ctx, number)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if is(c.User, self) && (c.GetBody() == mark || strings.HasPrefix(c.GetBody(), mark+"\n") || strings.HasPrefix(c.GetBody(), mark+"\r\n")) {
			return c, nil
		}
	}
	key := fmt.Sprintf("comment/%d/%s", number, mark)
	id, ok := f.made(key)
	if !ok {
		return nil, nil
	}
	c, _, err := f.client.Issues.GetComment(ctx, f.owner, f.repo, id)
	if status(err) == http.StatusNotFound || err == nil && !strings.HasPrefix(c.GetBody(), mark) {
		f.forget(key) // somebody deleted it, or wrote over it
		return nil, nil
	}
	return c, err
}
