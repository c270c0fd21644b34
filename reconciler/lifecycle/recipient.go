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

// addressees are whom something is announced to now: everybody, where it concerns all, or
// the first who can be reached. That it is settled is told to whoever was told before: to
// all of them, or to the last.
func (r *Review) addressees(a Announcement, now time.Time) []recipient {
	switch {
	case a.toAll() && a.Reminder == reminderSettled:
		return slices.DeleteFunc(r.all(), func(to recipient) bool {
			_, told := lastTold(r.state, a.Epoch, to.id)
			return !told
		})
	case a.toAll():
		return r.all()
	case a.Reminder == reminderSettled:
		last, _ := lastTold(r.state, a.Epoch, "")
		if i := slices.IndexFunc(r.people, func(to recipient) bool { return to.id == last.Recipient }); i >= 0 {
			return r.people[i : i+1]
		}
	}
	if to, ok := addressee(r.people, r.state, a.Epoch, now); ok {
		return []recipient{to}
	}
	return nil
}

// all are those whom it concerns if something happens to the app at once, each once by
// each address.
func (r *Review) all() []recipient {
	list := slices.Clone(r.people)
	for _, to := range r.team {
		if !slices.ContainsFunc(list, func(x recipient) bool {
			return x.id == to.id || x.to.Email == to.to.Email && x.to.Channel == to.to.Channel
		}) {
			list = append(list, to)
		}
	}
	return list
}

// addressee is who is told now: the first whose address has not failed for as long
// as it may. The last one is tried for ever.
func addressee(list []recipient, state ledger.App, epoch string, now time.Time) (recipient, bool) {
	for i, r := range list {
		since := failing(state, r.id, epoch)
		if since.IsZero() || now.Before(since.Add(passOn)) || i == len(list)-1 {
			return r, true
		}
	}
	return recipient{}, false
}

// failing is since when telling somebody of an epoch fails; zero where it does not,
// or where nobody tried since it last worked. With a new epoch an address is tried
// again.
func failing(state ledger.App, id, epoch string) time.Time {
	var worked, since time.Time
	for _, n := range state.Notices {
		if n.Recipient == id && n.Epoch == epoch && n.Delivered && n.At.After(worked) {
			worked = n.At
		}
	}
	for _, n := range state.Notices {
		if n.Recipient == id && n.Epoch == epoch && !n.Delivered && n.Failing.After(worked) && (since.IsZero() || n.Failing.Before(since)) {
			since = n.Failing
		}
	}
	return since
}

// lastTold is what a recipient, or with an empty id anybody, was last told of an epoch.
func lastTold(state ledger.App, epoch, id string) (ledger.Notice, bool) {
	var last ledger.Notice
	for _, n := range state.Notices {
		if n.Delivered && n.Epoch == epoch && (id == "" || n.Recipient == id) && n.At.After(last.At) {
			last = n
		}
	}
	return last, last.Key != ""
}
