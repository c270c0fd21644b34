package lifecycle

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/notifier"
)

// notice puts into words what is to be announced of an app. It is read by somebody who
// has other things to do: what happens and when, then why, then what to do.
func (r *Review) notice(t Timetable, a Announcement) notifier.Notice {
	title := r.app.Spec.Title
	reason := sentence(a.Text) + "."
	var n notifier.Notice
	switch {
	case a.Reminder == reminderSettled:
		n.Title, n.Text = title+" goes on", r.settledText(t)
		return r.signed(n)
	case a.Reminder == reminderDown:
		n.Title = title + " was taken down"
		n.Text = reason + " Nothing of it is lost, and it can be brought back."
		n.Actions = []notifier.Action{{Label: "Bring it back for a while", Command: r.undo(ledger.Disabled, a.Reason) + ` --reason "…"`}}
	case isFinal(a.Reminder):
		n.Title = fmt.Sprintf("%s goes down on %s", title, t.Day(a.DisableAt))
		n.Text = reason + " This is the last word before it goes down."
	case a.Reminder == reminderDue, a.Reminder == reminderOver:
		n.Title = fmt.Sprintf("The time of %s is over", title)
		n.Text = fmt.Sprintf("%s If nothing is done, it goes down on %s.", reason, t.Day(a.DisableAt))
	case a.kind == age:
		n.Title = fmt.Sprintf("%s ends %s", title, t.until(a.ends))
		n.Text = fmt.Sprintf("Is it still needed? %s If nobody renews it, it goes down on %s.", reason, t.Day(a.DisableAt))
	case a.kind == denied:
		n.Title = fmt.Sprintf("%s breaks a rule, and has until %s", title, t.Day(a.ends))
		n.Text = fmt.Sprintf("%s If that is not mended, it goes down on %s.", reason, t.Day(a.DisableAt))
	case a.kind == waiver:
		n.Title = fmt.Sprintf("An exception for %s ends %s", title, t.until(a.ends))
		n.Text = reason + " After that the rule counts for it again."
	case a.kind == ownerGone:
		n.Title = fmt.Sprintf("%s has lost its owner", title)
		n.Text = reason + " It runs on."
	case a.kind == spareGone:
		n.Title = fmt.Sprintf("%s has lost its fallback owner", title)
		n.Text = reason + " It runs on."
	case a.kind == contained:
		n.Title = fmt.Sprintf("%s was contained", title)
		n.Text = "It was " + a.Text + ". It runs nowhere until it is released, and nothing of it is lost."
	default:
		n.Title = fmt.Sprintf("%s could not be judged", title)
		n.Text = reason + " It runs on, and nothing changes until it can be judged."
	}
	if remedy := r.remedyFor(t, a.Reason); remedy != "" {
		n.Text += "\n\n" + remedy + "."
	}
	return r.signed(n)
}

// remedyFor is what the owner can do, in a sentence without its full stop.
func (r *Review) remedyFor(t Timetable, x Reason) string {
	owner := r.app.Spec.Owner
	switch x.kind {
	case age:
		goal, who := "To keep it", fmt.Sprintf("Somebody else proposes it, and %s approves it", owner.Person)
		if r.state.Stage == ledger.Disabled {
			goal = "To bring it back for good"
		}
		if owner.Fallback != "" {
			who = fmt.Sprintf("Whoever of %s and %s did not propose it approves it", owner.Person, owner.Fallback)
		}
		return fmt.Sprintf("%s, write `renewed: %s` below `lifecycle` in its file and propose that as a change. %s", goal, scalar.DateOf(t.now, t.zone), who)
	case retired:
		return "To keep it after all, take its stage back to what it was, and propose that as a change"
	}
	return sentence(x.remedy)
}

// signed adds what every notice says.
func (r *Review) signed(n notifier.Notice) notifier.Notice {
	owner := r.app.Spec.Owner
	n.Facts = []notifier.Fact{
		{Name: "App", Value: r.state.Name}, {Name: "Owner", Value: fmt.Sprintf("%s, team %s", owner.Person, owner.Team)}, {Name: "File", Value: r.path},
	}
	if r.fileURL != "" {
		n.Actions = append([]notifier.Action{{Label: "Open its file", URL: r.fileURL}}, n.Actions...)
	}
	return n
}

// settledText says what holds now.
func (r *Review) settledText(t Timetable) string {
	for _, x := range r.reasons {
		if x.kind == age {
			return fmt.Sprintf("There is nothing left to do. It lives until %s.", t.Day(x.ends))
		}
	}
	return "There is nothing left to do."
}

// sentence begins with a capital letter.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// noticeKey names one message for ever: what of, which announcement, to whom.
func noticeKey(app, epoch, reminder, to string) string {
	return strings.Join([]string{app, epoch, reminder, to}, "/")
}

// Outgoing is a notice for one recipient, with what is recorded of it.
type Outgoing struct {
	Notice notifier.Notice
	Record ledger.Notice // but for the channel, and how it went
	Before ledger.Notice // what was recorded of it before; without a key for nothing
}

// Notices puts an announcement into notices for whoever is to be told now and was not.
// reachable is false where there is nobody who could be.
func (r *Review) Notices(t Timetable, a Announcement) (list []Outgoing, reachable bool) {
	people := r.addressees(a, t.now)
	for _, to := range people {
		x := Outgoing{Notice: r.notice(t, a), Record: r.record(a, to)}
		if a.Reminder == reminderSettled {
			last, _ := lastTold(r.state, a.Epoch, to.id)
			x.Notice.Replaces = last.Message
		}
		x.Notice.Recipient, x.Notice.Key = to.to, x.Record.Key
		if x.Before = r.state.Notices[x.Record.Key]; x.Before.Delivered {
			continue
		}
		x.Record.Failing = x.Before.Failing
		list = append(list, x)
	}
	return list, len(people) > 0
}

// record is what is recorded of an announcement to somebody.
func (r *Review) record(a Announcement, to recipient) ledger.Notice {
	return ledger.Notice{
		Key: noticeKey(r.state.Name, a.Epoch, a.Reminder, to.id), Epoch: a.Epoch, Reminder: a.Reminder, Recipient: to.id, DisableAt: a.Promised(),
	}
}
