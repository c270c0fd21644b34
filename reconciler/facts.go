package reconciler

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// who finds out who somebody on the forge is, by the governing roles. Nobody who
// is not listed is anybody.
type who struct {
	roles *catalog.RolesSpec
	ids   *catalog.Identities
	proof string // what proves who somebody is; empty where that does not matter
}

func newWho(roles *catalog.RolesSpec) who {
	return who{roles: roles, ids: catalog.NewIdentities(roles)}
}

// person is the person behind an identity; empty for a stranger.
func (w who) person(id forge.Identity) catalog.Name {
	if id.Key != "" {
		return w.ids.ByKey(id.Key)
	}
	return w.ids.ByLogin(id.Login)
}

// identity is how the forge may know a person.
func (w who) identities(people []catalog.Name) []forge.Identity {
	var list []forge.Identity
	for _, name := range people {
		if person := w.roles.People[name]; person.GitHub != "" {
			list = append(list, forge.Identity{Login: person.GitHub})
		}
	}
	return list
}

// changeFacts is what the forge attests about a change, as far as it bears on one
// subject: who asked, and who had a hand in the files at or below its folders. Without
// folders it is about all of the change.
func (w who) changeFacts(c forge.Change, folders ...string) *policies.ChangeFacts {
	author := w.person(c.Author)
	facts := &policies.ChangeFacts{ID: c.ID, Base: c.Base, Author: author, Bot: c.Bot, Contributors: []catalog.Name{}}
	if author != "" {
		facts.Contributors = append(facts.Contributors, author)
		facts.Bot = facts.Bot || w.roles.People[author].Bot
	}
	for _, contributor := range c.Contributors {
		if !touches(contributor.Paths, folders...) {
			continue
		}
		for _, name := range []catalog.Name{w.person(contributor.Identity), w.ids.ByEmail(contributor.Email)} {
			if name != "" {
				facts.Contributors = append(facts.Contributors, name)
			}
		}
	}
	slices.Sort(facts.Contributors)
	facts.Contributors = slices.Compact(facts.Contributors)
	return facts
}

// strangers are the problems of a change in which somebody had a hand whom
// roles.yaml does not know, as far as it bears on a folder. Whoever that is might
// be the one who approves: without a name nobody can be kept from approving their
// own content. E-mail addresses alone prove nothing, neither way.
func (w who) strangers(c forge.Change, path string, folders ...string) []catalog.Problem {
	unknown := w.person(c.Author) == "" && !c.Bot
	for _, contributor := range c.Contributors {
		named := contributor.Identity != forge.Identity{}
		if named && c.Bot && contributor.Identity == c.Author {
			continue // the daemon's own proposal
		}
		if touches(contributor.Paths, folders...) && (named && w.person(contributor.Identity) == "" || !named && contributor.Email == "") {
			unknown = true
		}
	}
	if !unknown {
		return nil
	}
	return []catalog.Problem{{
		Rule: ruleUnknownAuthor, Level: catalog.Deny, Path: path, Controls: []string{},
		Message: "Somebody had a hand in this content whom `roles.yaml` does not know, or who did not sign it.",
		Remedy:  "Have the person listed in `roles.yaml` with their account or key, and sign every commit.",
	}}
}

// touches reports whether any path lies in one of the folders. No paths at all stand
// for every path, and no folders for everything.
func touches(paths []string, folders ...string) bool {
	return len(paths) == 0 || len(folders) == 0 || slices.ContainsFunc(paths, func(p string) bool {
		return slices.ContainsFunc(folders, func(folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") })
	})
}
