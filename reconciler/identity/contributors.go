package identity

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// ChangeFacts is what the forge attests about a change, as far as it bears on one
// subject: who asked, and who contributed to the files at or below its folders. Without
// folders it is about all of the change. held are those who brought what landed past the
// check and is held (see History); they contributed too.
func (d Directory) ChangeFacts(c forge.Change, held []forge.Contributor, folders ...string) *policies.ChangeFacts {
	author := d.Person(c.Author)
	facts := &policies.ChangeFacts{ID: c.ID, Base: c.Base, Author: author, Bot: c.Bot, Contributors: []catalog.Name{}}
	if author != "" {
		listed, _ := d.Listed(author)
		facts.Contributors = append(facts.Contributors, author)
		facts.Bot = facts.Bot || listed.Bot
	}
	for _, contributor := range slices.Concat(c.Contributors, held) {
		if !Touches(contributor.Paths, folders...) {
			continue
		}
		for _, name := range []catalog.Name{d.Person(contributor.Identity), d.byEmail(contributor.Email)} {
			if name != "" {
				facts.Contributors = append(facts.Contributors, name)
			}
		}
	}
	slices.Sort(facts.Contributors)
	facts.Contributors = slices.Compact(facts.Contributors)
	return facts
}

// Problems are those of a change to which somebody contributed whom roles.yaml does not
// know, as far as it bears on a subject's folders: whoever that is might be the one who
// approves, and without a name nobody can be kept from approving their own content.
// E-mail addresses alone prove nothing, neither way.
func (d Directory) Problems(c forge.Change, held []forge.Contributor, path string, folders ...string) []catalog.Problem {
	var problems []catalog.Problem
	unknown := d.Person(c.Author) == "" && !c.Bot
	for _, contributor := range c.Contributors {
		if c.Bot && named(contributor) && contributor.Identity == c.Author {
			continue // the daemon's own proposal
		}
		unknown = unknown || Touches(contributor.Paths, folders...) && d.stranger(contributor)
	}
	if unknown {
		problems = append(problems, catalog.Problem{
			Rule: ruleUnknownAuthor, Level: catalog.Deny, Path: path, Controls: []string{},
			Message: "Somebody had a hand in this content whom `roles.yaml` does not know, or who did not sign it.",
			Remedy:  "Have the person listed in `roles.yaml` with their account or key, and sign every commit.",
		})
	}
	if slices.ContainsFunc(held, d.stranger) {
		problems = append(problems, catalog.Problem{
			Rule: ruleUnknownPusher, Level: catalog.Deny, Path: path, Controls: []string{},
			Message: "This was put onto the catalog's branch past the check, by somebody whom `roles.yaml` does not know, or who did not sign it. Nobody can tell who must not approve it.",
			Remedy:  "Take it back there with `git revert`, and ask for it in a change whose commits are signed by somebody whom `roles.yaml` lists.",
		})
	}
	return problems
}

// named reports whether the forge attests who a contributor is.
func named(c forge.Contributor) bool { return c.Identity != forge.Identity{} }

// stranger reports whether a contributor is nobody whom the roles know, or may be.
func (d Directory) stranger(c forge.Contributor) bool {
	if named(c) {
		return d.Person(c.Identity) == ""
	}
	return c.Email == ""
}

// Touches reports whether any path lies in one of the folders. No paths at all stand
// for every path, and no folders for everything.
func Touches(paths []string, folders ...string) bool {
	return len(paths) == 0 || len(folders) == 0 || slices.ContainsFunc(paths, func(p string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") })
	})
}

// Rules of the program itself that are about who contributed.
const (
	ruleUnknownAuthor = "change.unknown-author"
	ruleUnknownPusher = "change.unknown-pusher"
)

// ProgramRules lists the rules of this package, by id.
var ProgramRules = []catalog.ProgramRule{
	{ID: ruleUnknownAuthor, Title: "Somebody known asks", About: "the change as a whole",
		Description: "Whoever asks for a change is on the list of people, by an account or a key. Nobody else can answer for what is published."},
	{ID: ruleUnknownPusher, Title: "Everybody who had a hand is known", About: "the change as a whole",
		Description: "Nobody agrees to their own work; so each who wrote a part of it has to be known. Content from unknown hands could have been written by whoever agrees to it."},
}
