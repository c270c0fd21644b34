package judge

import (
	"fmt"
	"path"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
)

// Removal is the question whether the folder of an app may be taken away from base.
func (j *Judge) Removal(base *catalog.Snapshot, state ledger.App, e catalog.FolderEdit, admitted *catalog.App) policies.RemovalQuestion {
	q := policies.RemovalQuestion{Governing: j.Governing, Name: e.Name, Path: e.From.Path, App: e.From.App(), Content: e.From.Digest()}
	if j.Environments().DocumentOf(base, state, e.Name) != e.From {
		return q // a folder that only claims the name
	}
	if admitted != nil {
		q.App = admitted
	}
	q.Runs = len(state.Admitted) > 0 && !IsDisabled(state)
	return q
}

// NameTaken says of a folder that claims the name of an app which lives elsewhere that
// it cannot; the app itself is not to blame and goes on.
func NameTaken(doc, holder *catalog.Document) []catalog.Problem {
	if holder == nil || holder.Path == doc.Path {
		return nil
	}
	return []catalog.Problem{{
		Rule: ruleNameTaken, Level: catalog.Deny, Path: doc.Path, Field: "metadata.name", Controls: []string{},
		Message: fmt.Sprintf("There is an app `%s` already, in `%s`.", doc.Name, path.Dir(holder.Path)),
		Remedy:  fmt.Sprintf("Give this folder, and the name in its file, another name, such as `%s-2`. To move the app, take its folder away from where it was in the same change.", doc.Name),
	}}
}

// ruleNameTaken is the rule of the program itself that is about names of apps.
const ruleNameTaken = "change.name-taken"

// ProgramRules lists the rules of this package, by id.
var ProgramRules = []catalog.ProgramRule{
	{ID: ruleNameTaken, Title: "A name belongs to the app that has it", About: "metadata.name",
		Description: "A second folder with the name of an app would reach its data. The app that was there first keeps the name."},
}
