package reconciler

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/notifier"
)

// notice puts into words what is to be said of an app. It is read by somebody who
// has other things to do: first what happens and when, then why, then what to do.
func (l life) notice(t timetable, s said) notifier.Notice {
	title := l.app.Spec.Title
	c := s.cause
	n := notifier.Notice{}
	switch {
	case s.rung == rungSettled:
		n.Title, n.Text = fmt.Sprintf("%s goes on", title), l.settledText(t)
		return l.signed(n)
	case s.rung == rungDown:
		n.Title = fmt.Sprintf("%s was taken down", title)
		n.Text = fmt.Sprintf("Nothing of it is lost, and it can be brought back. It went down because %s.", c.reason)
		n.Actions = []notifier.Action{{Label: "Bring it back for a while", Command: l.undo("disabled", c) + ` --reason "…"`}}
	case isLast(s.rung):
		n.Title = fmt.Sprintf("%s goes down on %s", title, t.day(s.down))
		n.Text = fmt.Sprintf("This is the last word before it does: %s.", c.reason)
	case s.rung == rungDue, s.rung == rungOver:
		n.Title = fmt.Sprintf("The time of %s is over", title)
		n.Text = fmt.Sprintf("It goes down on %s unless something is done: %s.", t.day(s.down), c.reason)
	case c.kind == byAge:
		n.Title = fmt.Sprintf("%s ends on %s", title, t.day(c.ends))
		n.Text = fmt.Sprintf("Is it still needed? %s. If nobody renews it, it goes down on %s.", sentence(c.reason), t.day(s.down))
	case c.kind == byRule:
		n.Title = fmt.Sprintf("%s breaks a rule, and may run until %s", title, t.day(c.ends))
		n.Text = fmt.Sprintf("%s. If that is not mended, it goes down on %s.", sentence(c.reason), t.day(s.down))
	case c.kind == byWaiver:
		n.Title = fmt.Sprintf("An exception for %s ends on %s", title, t.day(c.ends))
		n.Text = fmt.Sprintf("%s. After that the rule counts for it again.", sentence(c.reason))
	default:
		n.Title = fmt.Sprintf("%s could not be judged", title)
		n.Text = fmt.Sprintf("It runs on, and nothing changes until it can be: %s.", c.reason)
	}
	if c.remedy != "" {
		n.Actions = append([]notifier.Action{{Label: l.remedyLabel(c), Command: c.remedy}}, n.Actions...)
	}
	return l.signed(n)
}

// signed adds what every notice says.
func (l life) signed(n notifier.Notice) notifier.Notice {
	owner := l.app.Spec.Owner
	n.Facts = []notifier.Fact{
		{Name: "App", Value: l.state.Name}, {Name: "Owner", Value: fmt.Sprintf("%s, team %s", owner.Person, owner.Team)}, {Name: "File", Value: l.path},
	}
	return n
}

func (l life) remedyLabel(c cause) string {
	switch c.kind {
	case byAge:
		return "To keep it"
	case byOwner:
		return "To change your mind"
	default:
		return "What to do"
	}
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
	if text == "" || strings.HasPrefix(text, "`") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// noticeKey names one message for ever: what of, which rung, to whom.
func noticeKey(app catalog.Name, epoch, rung, to string) string {
	return strings.Join([]string{string(app), epoch, rung, to}, "/")
}
