package reconciler

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/notifier"
)

// notice puts into words what is to be said of an app. It is read by somebody who
// has other things to do: what happens and when, then why, then what to do.
func (l life) notice(t timetable, s said) notifier.Notice {
	title, c := l.app.Spec.Title, s.cause
	reason := sentence(c.reason) + "."
	var n notifier.Notice
	switch {
	case s.rung == rungSettled:
		n.Title, n.Text = title+" goes on", l.settledText(t)
		return l.signed(n)
	case s.rung == rungDown:
		n.Title = title + " was taken down"
		n.Text = reason + " Nothing of it is lost, and it can be brought back."
		n.Actions = []notifier.Action{{Label: "Bring it back for a while", Command: l.undo(ledger.Disabled, c) + ` --reason "…"`}}
	case isLast(s.rung):
		n.Title = fmt.Sprintf("%s goes down on %s", title, t.day(s.down))
		n.Text = reason + " This is the last word before it goes down."
	case s.rung == rungDue, s.rung == rungOver:
		n.Title = fmt.Sprintf("The time of %s is over", title)
		n.Text = fmt.Sprintf("%s If nothing is done, it goes down on %s.", reason, t.day(s.down))
	case c.kind == byAge:
		n.Title = fmt.Sprintf("%s ends %s", title, t.until(c.ends))
		n.Text = fmt.Sprintf("Is it still needed? %s If nobody renews it, it goes down on %s.", reason, t.day(s.down))
	case c.kind == byRule:
		n.Title = fmt.Sprintf("%s breaks a rule, and has until %s", title, t.day(c.ends))
		n.Text = fmt.Sprintf("%s If that is not mended, it goes down on %s.", reason, t.day(s.down))
	case c.kind == byWaiver:
		n.Title = fmt.Sprintf("An exception for %s ends %s", title, t.until(c.ends))
		n.Text = reason + " After that the rule counts for it again."
	case c.kind == leaver:
		n.Title = fmt.Sprintf("%s has lost its owner", title)
		n.Text = reason + " It runs on."
	case c.kind == deputy:
		n.Title = fmt.Sprintf("%s has lost its fallback owner", title)
		n.Text = reason + " It runs on."
	case c.kind == contained:
		n.Title = fmt.Sprintf("%s was contained", title)
		n.Text = "It was " + c.reason + ". It runs nowhere until it is released, and nothing of it is lost."
	default:
		n.Title = fmt.Sprintf("%s could not be judged", title)
		n.Text = reason + " It runs on, and nothing changes until it can be judged."
	}
	if remedy := l.remedy(t, c); remedy != "" {
		n.Text += "\n\n" + remedy + "."
	}
	return l.signed(n)
}

// remedy is what the owner can do, in a sentence without its full stop.
func (l life) remedy(t timetable, c cause) string {
	owner := l.app.Spec.Owner
	switch c.kind {
	case byAge:
		goal, who := "To keep it", fmt.Sprintf("Somebody else proposes it, and %s approves it", owner.Person)
		if l.state.Stage == ledger.Disabled {
			goal = "To bring it back for good"
		}
		if owner.Fallback != "" {
			who = fmt.Sprintf("Whoever of %s and %s did not propose it approves it", owner.Person, owner.Fallback)
		}
		return fmt.Sprintf("%s, write `renewed: %s` below `lifecycle` in its file and propose that as a change. %s", goal, catalog.DateOf(t.now, t.zone), who)
	case byOwner:
		return "To keep it after all, take its stage back to what it was, and propose that as a change"
	}
	return sentence(c.remedy)
}

// signed adds what every notice says.
func (l life) signed(n notifier.Notice) notifier.Notice {
	owner := l.app.Spec.Owner
	n.Facts = []notifier.Fact{
		{Name: "App", Value: l.state.Name}, {Name: "Owner", Value: fmt.Sprintf("%s, team %s", owner.Person, owner.Team)}, {Name: "File", Value: l.path},
	}
	if l.fileURL != "" {
		n.Actions = append([]notifier.Action{{Label: "Open its file", URL: l.fileURL}}, n.Actions...)
	}
	return n
}

// settledText says what holds now.
func (l life) settledText(t timetable) string {
	for _, c := range l.causes {
		if c.kind == byAge {
			return fmt.Sprintf("There is nothing left to do. It lives until %s.", t.day(c.ends))
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

// noticeKey names one message for ever: what of, which rung, to whom.
func noticeKey(app catalog.Name, epoch, rung, to string) string {
	return strings.Join([]string{string(app), epoch, rung, to}, "/")
}
