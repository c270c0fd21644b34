package github

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/forge"
)

const (
	notesAtOnce = 50  // that GitHub takes in one request
	maxNotes    = 250 // the rest is in the summary
)

// status shows a verdict as a commit status, which is what a token can write.
func (f *Forge) status(ctx context.Context, name, head string, v *forge.Verdict) (bool, error) {
	self, err := f.me(ctx)
	if err != nil {
		return false, err
	}
	state, text := string(v.State), first(line1(v.Title), maxStatus)
	list, err := all(func(at github.ListOptions) ([]*github.RepoStatus, *github.Response, error) {
		return f.client.Repositories.ListStatuses(ctx, f.owner, f.repo, head, &at)
	})
	if err != nil {
		return false, err
	}
	for _, s := range list { // the latest first
		if s.GetContext() != name {
			continue
		}
		if is(s.Creator, self) && s.GetState() == state && s.GetDescription() == text {
			return false, nil
		}
		break
	}
	_, _, err = f.client.Repositories.CreateStatus(ctx, f.owner, f.repo, head, &github.RepoStatus{State: &state, Description: &text, Context: &name})
	return err == nil, refused(err)
}

// check shows a verdict as a check run with notes at lines. Updates of a run only
// add notes, so other notes need another run; the latest of a name counts. A run
// says by its external id what is complete: a crash between two requests leaves it
// without, and it is made again.
func (f *Forge) check(ctx context.Context, name, head string, v *forge.Verdict) (bool, error) {
	notes := annotations(v.Notes)
	text := summary(v)
	title := first(line1(v.Title), maxTitle)
	state, conclusion := outcome(v.State)
	noted := hashOf(fmt.Sprint(v.Notes))[:16]
	complete := hashOf(strings.Join([]string{state, conclusion, title, text}, "\x00"))[:16] + "-" + noted
	run, err := f.latest(ctx, name, head)
	if err != nil {
		return false, err
	}
	if run != nil && run.GetExternalID() == complete && run.GetStatus() == state && run.GetConclusion() == conclusion {
		return false, nil
	}
	output := &github.CheckRunOutput{Title: &title, Summary: &text}
	if run != nil && strings.HasSuffix(run.GetExternalID(), "-"+noted) && run.GetStatus() != "completed" {
		err := f.update(ctx, run.GetID(), name, state, conclusion, complete, output)
		return err == nil, err
	}
	return f.newCheck(ctx, github.CreateCheckRunOptions{Name: name, HeadSHA: head, Status: &state, Output: output}, notes, conclusion, complete)
}

// newCheck makes a run, adding the notes in as many requests as it takes. Only the
// last says the conclusion: a gate does not open on half a verdict.
func (f *Forge) newCheck(ctx context.Context, o github.CreateCheckRunOptions, notes []*github.CheckRunAnnotation, conclusion, complete string) (bool, error) {
	state := *o.Status
	batch := notes[:min(len(notes), notesAtOnce)]
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
	made, _, err := f.client.Checks.CreateCheckRun(ctx, f.owner, f.repo, o)
	if err != nil {
		return false, refused(err)
	}
	f.wrote("check/"+o.HeadSHA+"/"+o.Name, made.GetID())
	for len(notes) > 0 {
		batch = notes[:min(len(notes), notesAtOnce)]
		notes = notes[len(batch):]
		out := &github.CheckRunOutput{Title: o.Output.Title, Summary: o.Output.Summary, Annotations: batch}
		if len(notes) == 0 {
			err = f.update(ctx, made.GetID(), o.Name, state, conclusion, complete, out)
		} else {
			err = f.update(ctx, made.GetID(), o.Name, "in_progress", "", "", out)
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (f *Forge) update(ctx context.Context, id int64, name, state, conclusion, complete string, output *github.CheckRunOutput) error {
	o := github.UpdateCheckRunOptions{Name: name, Status: &state, Output: output}
	if complete != "" {
		o.ExternalID = &complete
	}
	if conclusion != "" {
		o.Conclusion = &conclusion
	}
	_, _, err := f.client.Checks.UpdateCheckRun(ctx, f.owner, f.repo, id, o)
	return refused(err)
}

// latest is the run of a name that our app made last for a commit.
func (f *Forge) latest(ctx context.Context, name, head string) (*github.CheckRun, error) {
	list, err := all(func(at github.ListOptions) ([]*github.CheckRun, *github.Response, error) {
		r, resp, err := f.client.Checks.ListCheckRunsForRef(ctx, f.owner, f.repo, head, &github.ListCheckRunsOptions{CheckName: &name, AppID: &f.appID, ListOptions: at})
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
		if r.GetApp().GetID() == f.appID && r.GetName() == name && (last == nil || r.GetID() > last.GetID()) {
			last = r
		}
	}
	return last, nil
}

// outcome is a state in the words of check runs. What waits for people is in
// progress, which keeps the gate shut.
func outcome(s forge.State) (state, conclusion string) {
	switch s {
	case forge.Success:
		return "completed", "success"
	case forge.Pending:
		return "in_progress", ""
	}
	return "completed", "failure"
}

// annotations are notes as GitHub shows them beside the lines.
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
		message := cut(plain(n.Message), maxNote)
		if message == "" {
			message = "See the comment."
		}
		list = append(list, &github.CheckRunAnnotation{
			Path: github.String(n.Path), StartLine: &at, EndLine: &at, AnnotationLevel: &level, Message: &message, Title: github.String(first(line1(n.Title), maxTitle)),
		})
	}
	return list
}
