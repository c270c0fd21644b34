package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// mostMessages is how many commits of a change have their message scanned, the latest.
const mostMessages = 250

const titleOfChange = "the title of the change"

// scanning finds secrets in what a change brings.
type scanning struct{ *review }

// scan scans what the change brings, and gives each subject what was found in its files. What
// belongs to none, as a comment in governance that changes no meaning, is judged with what is
// no app's; the title and the messages of commits are told with the first subject.
func (v scanning) scan(ctx context.Context) error {
	beside, err := v.texts(ctx)
	if err != nil {
		return err
	}
	if v.cannot == nil {
		var held []string
		for _, s := range v.subjects {
			held = append(held, judge.HeldFolders(s.State.Held != nil, s.Document)...)
		}
		found, err := v.by.Judges.Scan(ctx, v.files, v.base, v.proposed, held...)
		if err != nil {
			return err
		}
		for i := range v.subjects {
			s := &v.subjects[i]
			switch {
			case s.Name == catalog.Governance:
				s.secrets = take(found, "")
			case s.Document != nil:
				s.secrets = take(found, s.Document.Path)
			}
		}
		for _, rest := range found {
			beside = append(beside, rest...)
		}
		slices.SortStableFunc(beside, compareFacts)
	}
	if len(v.subjects) == 0 && judge.Certain(beside) {
		stray, err := newStraySubject(v.review, nil)
		if err != nil {
			return err
		}
		v.subjects = append(v.subjects, *stray)
	}
	if len(v.subjects) > 0 {
		s := &v.subjects[0]
		s.secrets = append(s.secrets, beside...)
	}
	return nil
}

// take is what was found under a path, which nobody else gets.
func take(found judge.Found, p string) []policies.SecretFact {
	facts := found[p]
	delete(found, p)
	return facts
}

// compareFacts orders what was found by file and place, texts beside the files first.
func compareFacts(a, b policies.SecretFact) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// texts scans the title of the change and the messages of its commits.
func (v scanning) texts(ctx context.Context) ([]policies.SecretFact, error) {
	title := v.change.Title
	if v.cannot != nil {
		return v.by.Judges.ScanText(titleOfChange, title), nil
	}
	var found []policies.SecretFact
	commits, err := v.Repo.Between(ctx, v.Tip, v.change.Head)
	if err != nil {
		return nil, err
	}
	for _, id := range commits[max(0, len(commits)-mostMessages):] {
		commit, err := v.Repo.Commit(ctx, id)
		if err != nil {
			return nil, err
		}
		found = append(found, v.by.Judges.ScanText(fmt.Sprintf("the message of commit %s", id.Short()), commit.Message)...)
		if strings.Contains(commit.Message, title) {
			title = "" // it is taken from there
		}
	}
	return append(found, v.by.Judges.ScanText(titleOfChange, title)...), nil
}

// hide takes the secrets that were found out of a decision as it is shown: where its problems
// were explained by the file, the file was quoted.
func (v scanning) hide(d *policies.Decision) {
	if v.judge.Redactor.Empty() {
		return
	}
	d.Problems = policies.RedactedProblems(d.Problems, v.judge.Redactor.Text)
}

// hideEdits takes them out of what differs in meaning.
func (v scanning) hideEdits() {
	text := v.judge.Redactor.Text
	for _, edits := range v.out.Edits {
		for i, e := range edits {
			edits[i] = catalog.FieldEdit{Field: text(e.Field), From: text(e.From), To: text(e.To)}
		}
	}
}
