package lifecycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
)

// recipient is somebody to be told, with the name that the ledger knows them by.
type recipient struct {
	id string
	to notifier.Recipient
}

// platformTeam is the recipient of last resort.
const platformTeam = "@platform"

// passOn is how long an address may fail before the next is asked instead.
const passOn = 14 * 24 * time.Hour

// recipients lists who answers for an app, in the order in which they are told: the
// owner, the fallback, the platform team. Who has left, is a bot or has no address
// is not among them.
func (c Catalog) recipients(owner catalog.Owner) []recipient {
	var list []recipient
	roles := c.Governing.Roles()
	if roles == nil {
		return nil
	}
	channel := roles.Teams[owner.Team].Channel
	for _, id := range []catalog.Name{owner.Person, owner.Fallback} {
		if r, ok := personToTell(roles, id, channel); ok && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	if channel := c.Settings.Lifecycle.Channel; channel != "" {
		return append(list, recipient{platformTeam, notifier.Recipient{Name: "the platform team", Channel: channel}})
	}
	for _, grant := range roles.Roles["platform"] {
		if r, ok := personToTell(roles, grant.Person, ""); ok {
			return append(list, recipient{platformTeam, r.to})
		}
	}
	return list
}

// maxTeam is how many people of a team without a channel are told of what happens.
const maxTeam = 12

// team lists who is told of what concerns the team of an app at once: its channel, or
// where it has none its people.
func (c Catalog) team(owner catalog.Owner) []recipient {
	roles := c.Governing.Roles()
	if roles == nil {
		return nil
	}
	team := roles.Teams[owner.Team]
	if team.Channel != "" {
		return []recipient{{"team:" + string(owner.Team), notifier.Recipient{Name: "the team " + string(owner.Team), Channel: team.Channel}}}
	}
	var list []recipient
	for _, id := range team.Members {
		if r, ok := personToTell(roles, id, ""); ok && len(list) < maxTeam {
			list = append(list, r)
		}
	}
	return list
}

func personToTell(roles *catalog.RolesSpec, id catalog.Name, channel string) (recipient, bool) {
	p, ok := roles.People[id]
	if !ok || p.Left || p.Bot || p.Email == "" && channel == "" {
		return recipient{}, false
	}
	return recipient{string(id), notifier.Recipient{Name: cmp.Or(p.Name, string(id)), Email: p.Email, Channel: channel}}, true
}

// audience is who is told of an app, and what they were told before.
type audience struct {
	people []recipient // who answers for it, in the order in which they are told
	team   []recipient // who else is told of what concerns all of them
	before history
}

func (r *Review) audience() audience { return audience{r.people, r.team, r.history()} }

// addressees are whom something is announced to now: everybody, where it concerns all, or
// the first who can be reached. That it is settled is told to whoever was told before: to
// all of them, or to the last.
func (a audience) addressees(what Announcement, now time.Time) []recipient {
	switch {
	case what.toAll() && what.Reminder == reminderSettled:
		return slices.DeleteFunc(a.all(), func(to recipient) bool {
			_, told := a.before.lastTold(what.Epoch, to.id)
			return !told
		})
	case what.kind == fought:
		return a.ownerAndPlatform()
	case what.toAll():
		return a.all()
	case what.Reminder == reminderSettled:
		last, _ := a.before.lastTold(what.Epoch, "")
		if i := slices.IndexFunc(a.people, func(to recipient) bool { return to.id == last.Recipient }); i >= 0 {
			return a.people[i : i+1]
		}
	}
	if to, ok := a.first(what.Epoch, now); ok {
		return []recipient{to}
	}
	return nil
}

// ownerAndPlatform are the first who answers for the app, and the platform team: what writes to
// an app past its owner is often the platform's.
func (a audience) ownerAndPlatform() []recipient {
	list := a.people[:min(1, len(a.people))]
	if i := slices.IndexFunc(a.people, func(to recipient) bool { return to.id == platformTeam }); i > 0 {
		list = append(slices.Clone(list), a.people[i])
	}
	return list
}

// all are those whom it concerns if something happens to the app at once, each once by
// each address.
func (a audience) all() []recipient {
	list := slices.Clone(a.people)
	for _, to := range a.team {
		if !slices.ContainsFunc(list, func(x recipient) bool {
			return x.id == to.id || x.to.Email == to.to.Email && x.to.Channel == to.to.Channel
		}) {
			list = append(list, to)
		}
	}
	return list
}

// first is who is told now: the first whose address has not failed for as long
// as it may. The last one is tried for ever.
func (a audience) first(epoch ledger.Epoch, now time.Time) (recipient, bool) {
	for i, r := range a.people {
		since := a.before.failing(r.id, epoch)
		if since.IsZero() || now.Before(since.Add(passOn)) || i == len(a.people)-1 {
			return r, true
		}
	}
	return recipient{}, false
}
