package verdict

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

const (
	notesPerRequest = 50  // GitHub takes no more annotations in one request
	maxNotes        = 250 // the others are in the summary
	maxNote         = 8_000
	maxStatus       = 140 // characters of a commit status
)

// Checks are the verdicts on commits, as branch protection reads them.
type Checks struct {
	*api.Repository
	account *api.Account
	appID   int64 // zero for a token
}

// NewChecks writes check runs as the app with an id, and commit statuses where it is zero.
func NewChecks(r *api.Repository, account *api.Account, appID int64) *Checks {
	return &Checks{r, account, appID}
}

// Write writes a check on a commit, as an app a check run, and reports whether it wrote.
func (c *Checks) Write(ctx context.Context, name string, commit catalog.Commit, v *forge.Verdict, current func() error) (bool, error) {
	write := c.showStatus
	if c.appID != 0 {
		write = c.showCheck
	}
	wrote, err := write(ctx, name, string(commit), v, current)
	if err != nil {
		return false, fmt.Errorf("write the check %q: %w", name, err)
	}
	return wrote, nil
}

// showStatus shows a verdict as a commit status: a token cannot write check runs. It
// reports whether it wrote.
func (c *Checks) showStatus(ctx context.Context, name, head string, v *forge.Verdict, current func() error) (bool, error) {
	self, err := c.account.Login(ctx)
	if err != nil {
		return false, err
	}
	state, text := string(v.State), api.Shorten(api.OneLine(v.Title), maxStatus)
	list, err := api.ListAll(func(at github.ListOptions) ([]*github.RepoStatus, *github.Response, error) {
		return c.Client.Repositories.ListStatuses(ctx, c.Owner, c.Name, head, &at)
	})
	if err != nil {
		return false, err
	}
	for _, s := range list { // newest first
		if s.GetContext() != name {
			continue
		}
		if api.HasLogin(s.Creator, self) && s.GetState() == state && s.GetDescription() == text {
			return false, nil
		}
		break
	}
	if err := current(); err != nil {
		return false, err
	}
	_, _, err = c.Client.Repositories.CreateStatus(ctx, c.Owner, c.Name, head, &github.RepoStatus{State: &state, Description: &text, Context: &name})
	return err == nil, api.WriteError(err)
}

// showCheck shows a verdict as a check run with annotations, and reports whether it wrote.
// Updating a run can add annotations and not remove any, so a verdict with other notes gets
// a new run; GitHub counts the newest of a name. The external id is a hash of the verdict
// and is set by the last request, so a run that was left incomplete by a crash has none,
// and a new one is created.
func (c *Checks) showCheck(ctx context.Context, name, head string, v *forge.Verdict, current func() error) (bool, error) {
	notes := annotations(v.Notes)
	text := Summary(v)
	title := api.Shorten(api.OneLine(v.Title), api.MaxTitle)
	state, conclusion := checkState(v.State)
	noted := api.Hash(fmt.Sprint(v.Notes))[:16]
	complete := api.Hash(strings.Join([]string{state, conclusion, title, text}, "\x00"))[:16] + "-" + noted
	run, err := c.latestCheck(ctx, name, head)
	if err != nil {
		return false, err
	}
	if run != nil && run.GetExternalID() == complete && run.GetStatus() == state && run.GetConclusion() == conclusion {
		return false, nil
	}
	if err := current(); err != nil {
		return false, err
	}
	output := &github.CheckRunOutput{Title: &title, Summary: &text}
	if run != nil && strings.HasSuffix(run.GetExternalID(), "-"+noted) && run.GetStatus() != "completed" {
		err := c.updateCheck(ctx, run.GetID(), name, state, conclusion, complete, output)
		return err == nil, err
	}
	return c.createCheck(ctx, github.CreateCheckRunOptions{Name: name, HeadSHA: head, Status: &state, Output: output}, notes, conclusion, complete)
}

// createCheck creates a run, with the annotations in as many requests as they need. Only the
// last request sets the conclusion, so that no branch protection opens on part of a
// verdict.
func (c *Checks) createCheck(ctx context.Context, o github.CreateCheckRunOptions, notes []*github.CheckRunAnnotation, conclusion, complete string) (bool, error) {
	state := *o.Status
	batch := notes[:min(len(notes), notesPerRequest)]
	notes = notes[len(batch):]
	o.Output.Annotations = batch
	if len(notes) > 0 {
		o.Status = github.String("in_progress")
	} else {
		o.ExternalID = &complete
		if conclusion != "" {
			o.Conclusion = &conclusion
		}
	}
	made, _, err := c.Client.Checks.CreateCheckRun(ctx, c.Owner, c.Name, o)
	if err != nil {
		return false, api.WriteError(err)
	}
	for len(notes) > 0 {
		batch = notes[:min(len(notes), notesPerRequest)]
		notes = notes[len(batch):]
		out := &github.CheckRunOutput{Title: o.Output.Title, Summary: o.Output.Summary, Annotations: batch}
		if len(notes) == 0 {
			err = c.updateCheck(ctx, made.GetID(), o.Name, state, conclusion, complete, out)
		} else {
			err = c.updateCheck(ctx, made.GetID(), o.Name, "in_progress", "", "", out)
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *Checks) updateCheck(ctx context.Context, id int64, name, state, conclusion, complete string, output *github.CheckRunOutput) error {
	o := github.UpdateCheckRunOptions{Name: name, Status: &state, Output: output}
	if complete != "" {
		o.ExternalID = &complete
	}
	if conclusion != "" {
		o.Conclusion = &conclusion
	}
	_, _, err := c.Client.Checks.UpdateCheckRun(ctx, c.Owner, c.Name, id, o)
	return api.WriteError(err)
}

// latestCheck returns the newest run of a name that this app created for a commit, or nil.
func (c *Checks) latestCheck(ctx context.Context, name, head string) (*github.CheckRun, error) {
	list, err := api.ListAll(func(at github.ListOptions) ([]*github.CheckRun, *github.Response, error) {
		r, resp, err := c.Client.Checks.ListCheckRunsForRef(ctx, c.Owner, c.Name, head, &github.ListCheckRunsOptions{CheckName: &name, AppID: &c.appID, ListOptions: at})
		if err != nil {
			return nil, resp, err
		}
		return r.CheckRuns, resp, nil
	})
	if err != nil {
		return nil, err
	}
	var last *github.CheckRun
	for _, r := range list {
		if r.GetApp().GetID() == c.appID && r.GetName() == name && (last == nil || r.GetID() > last.GetID()) {
			last = r
		}
	}
	return last, nil
}

// checkState is a state in GitHub's words for check runs. Pending is "in_progress", with which
// a required check blocks merging.
func checkState(s forge.State) (state, conclusion string) {
	switch s {
	case forge.Success:
		return "completed", "success"
	case forge.Pending:
		return "in_progress", ""
	}
	return "completed", "failure"
}

// annotations are notes in GitHub's form.
func annotations(notes []forge.Note) []*github.CheckRunAnnotation {
	var list []*github.CheckRunAnnotation
	for _, n := range notes[:min(len(notes), maxNotes)] {
		level := "notice"
		switch n.Level {
		case catalog.Deny:
			level = "failure"
		case catalog.Warn:
			level = "warning"
		}
		at := max(n.Line, 1)
		message := forge.Cut(forge.Plain(n.Message), maxNote)
		if message == "" {
			message = "See the comment."
		}
		list = append(list, &github.CheckRunAnnotation{
			Path: github.String(n.Path), StartLine: &at, EndLine: &at, AnnotationLevel: &level, Message: &message, Title: github.String(api.Shorten(api.OneLine(n.Title), api.MaxTitle)),
		})
	}
	return list
}
