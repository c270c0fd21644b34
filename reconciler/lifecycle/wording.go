package lifecycle

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/notifier"
)

// wording puts into words what is told of an app.
type wording struct {
	app           *catalog.App
	path, fileURL string
	state         ledger.App
	reasons       []Reason
}

// notice puts into words what is to be announced of an app. It is read by somebody who
// has other things to do: what happens and when, then why, then what to do.
func (w wording) notice(t Timetable, a Announcement) notifier.Notice {
	title := w.app.Spec.Title
	reason := sentence(a.Text) + "."
	var n notifier.Notice
	switch {
	case a.Reminder == reminderSettled:
		n.Title, n.Text = title+" goes on", w.settledText(t)
		return w.signed(n)
	case a.Reminder == reminderDown:
		n.Title = title + " was taken down"
		n.Text = reason + " Nothing of it is lost, and it can be brought back."
		n.Actions = []notifier.Action{{Label: "Bring it back for a while", Command: undo(w.state.Name, ledger.Disabled, a.Reason) + ` --reason "…"`}}
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
	case a.kind == fought:
		n.Title = fmt.Sprintf("Somebody changes %s back again and again", title)
		n.Text = reason + " Each time it was put right as it was approved. From now on that is done less often, until nobody changes it any more."
	case a.kind == shared:
		n.Title = fmt.Sprintf("New content of %s fails", title)
		n.Text = reason + " The other replicas go on with what ran before, and it goes to no further environment."
	case a.kind == throttled:
		n.Title = fmt.Sprintf("%s was throttled", title)
		n.Text = "It was " + a.Text + ". It runs on with less than it was given, and so does what is published meanwhile."
	default:
		n.Title = fmt.Sprintf("%s could not be judged", title)
		n.Text = reason + " It runs on, and nothing changes until it can be judged."
	}
	if remedy := w.remedyFor(t, a.Reason); remedy != "" {
		n.Text += "\n\n" + remedy + "."
	}
	return w.signed(n)
}

// remedyFor is what the owner can do, in a sentence without its full stop.
func (w wording) remedyFor(t Timetable, x Reason) string {
	owner := w.app.Spec.Owner
	switch x.kind {
	case age:
		goal, who := "To keep it", fmt.Sprintf("Somebody else proposes it, and %s approves it", owner.Person)
		if w.state.Stage == ledger.Disabled {
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
func (w wording) signed(n notifier.Notice) notifier.Notice {
	owner := w.app.Spec.Owner
	n.Facts = []notifier.Fact{
		{Name: "App", Value: w.state.Name}, {Name: "Owner", Value: fmt.Sprintf("%s, team %s", owner.Person, owner.Team)}, {Name: "File", Value: w.path},
	}
	if w.fileURL != "" {
		n.Actions = append([]notifier.Action{{Label: "Open its file", URL: w.fileURL}}, n.Actions...)
	}
	return n
}

// settledText says what holds now.
func (w wording) settledText(t Timetable) string {
	for _, x := range w.reasons {
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
