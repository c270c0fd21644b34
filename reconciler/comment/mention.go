package comment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// A Mention is a comment of its own that notifies whoever must act next: the comment with
// the verdict is edited in place, of which nobody is notified. Each is made once for a
// change, its recipients and its reason.
type Mention struct {
	To   string // roles or a person, by name
	Why  MentionReason
	Text string // Markdown
}

// MentionReason is why somebody is mentioned.
type MentionReason string

// The reasons.
const (
	Asked   MentionReason = "asked"   // approvals are what is missing
	Confirm MentionReason = "confirm" // an approval was given before its giver can have read
	Fix     MentionReason = "fix"     // what was fine, or agreed on, is not any more
	Blocked MentionReason = "stuck"   // those who were asked cannot agree any more, and nobody else can
)

// Mentions lists who is to be mentioned. asked are the roles whose holders were before.
// One to Fix is for the author of a change that was fine before, which the caller has to
// know: one who only begins has the first comment.
func (p Page) Mentions(asked []string) []Mention {
	if p.Change.Draft {
		return nil
	}
	return slices.Concat(p.toReviewers(asked), p.toConfirm(), p.toAuthor(), p.toAuthorStuck(asked))
}

// toReviewers calls those who can give what is missing, unless those of their role were
// called before.
func (p Page) toReviewers(asked []string) []Mention {
	if p.State != forge.Pending {
		return nil
	}
	a := p.approvers()
	var roles, reasons []string
	var people []catalog.Name
	for _, s := range p.Subjects {
		for _, need := range s.Approvals.Required {
			can, left := a.canStill(s, need)
			if left == 0 || a.unable(s, need, can, left) != "" || s.Unchanged || slices.Contains(asked, need.Role) {
				continue
			}
			roles, people = append(roles, need.Role), append(people, can...)
			reasons = append(reasons, fmt.Sprintf("%s has to agree to %s, because %s", the(need.Role), subjectInText(s.Subject), reasonWords(s, need)))
		}
	}
	if len(roles) == 0 {
		return nil
	}
	slices.Sort(roles)
	slices.Sort(people)
	var callees []string
	for _, person := range slices.Compact(people) {
		callees = append(callees, call(p.People, person))
	}
	return []Mention{{
		To: strings.Join(slices.Compact(roles), ", "), Why: Asked,
		Text: fmt.Sprintf("%s, this change waits for you: %s. The first comment says what changes and what your approval covers.",
			enumerate(shortly(callees, 8), "and"), enumerate(shortly(reasons, 3), "and")),
	}}
}

// toConfirm answers approvals that were given too soon.
func (p Page) toConfirm() []Mention {
	a := p.approvers()
	var list []Mention
	for _, s := range p.Subjects {
		for _, i := range s.Approvals.Ignored {
			if !a.unsettled(s, s.Approval(i.ID)) || slices.ContainsFunc(s.Approvals.Granted, func(g policies.Granted) bool { return g.Person == i.Person }) {
				continue
			}
			list = append(list, Mention{
				To: string(i.Person) + " " + s.Digest.Short(), Why: Confirm,
				Text: fmt.Sprintf("%s, the content changed while you were reading. Please look at it again. To make your approval count, then write %s as a comment, or approve once more.",
					call(p.People, i.Person), span("/levee confirm "+s.Digest.Short())),
			})
		}
	}
	slices.SortFunc(list, func(x, y Mention) int { return strings.Compare(x.To, y.To) })
	return slices.CompactFunc(list, func(x, y Mention) bool { return x.To == y.To })
}

// toAuthor calls the author of a change that now has something to fix.
func (p Page) toAuthor() []Mention {
	login := p.Change.Author.Login
	if p.State != forge.Failure || p.Change.Bot || login == "" {
		return nil
	}
	for _, s := range p.Subjects {
		if list := blocking(s); len(list) > 0 {
			first := list[0]
			return []Mention{{
				To: login + " " + first.Rule, Why: Fix,
				Text: fmt.Sprintf("%s, this was fine before, and now there is something for you to fix. %s%s %s The first comment has the rest.",
					mention(login), at(first, ""), plain(first.Message), plain(first.Remedy)),
			}}
		}
	}
	return nil
}

// toAuthorStuck calls the author where those who were asked cannot agree any more, as when
// they left, and nobody else can. Where nobody could from the beginning, the first comment
// said so.
func (p Page) toAuthorStuck(asked []string) []Mention {
	login := p.Change.Author.Login
	if p.State != forge.Pending || p.Change.Bot || login == "" {
		return nil
	}
	a := p.approvers()
	for _, s := range p.Subjects {
		for _, need := range s.Approvals.Required {
			can, left := a.canStill(s, need)
			why := a.unable(s, need, can, left)
			if why == "" || !slices.Contains(asked, need.Role) {
				continue
			}
			return []Mention{{
				To: login + " " + need.Role, Why: Blocked,
				Text: fmt.Sprintf("%s, %s was asked to agree to %s, and now nobody can: %s.", mention(login), the(need.Role), subjectInText(s.Subject), why),
			}}
		}
	}
	return nil
}

func subjectInText(subject string) string {
	if subject == catalog.Governance {
		return "what every app is judged by"
	}
	return span(subject)
}

// logins are of a form that cannot say anything but who is meant.
var logins = regexp.MustCompile(`^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$`)

// mention calls an account, so that the forge notifies whoever it belongs to.
func mention(login string) string {
	if logins.MatchString(login) {
		return "@" + login
	}
	return span(login)
}

// call calls a person by the account that roles.yaml lists, or by name.
func call(people identity.Directory, person catalog.Name) string {
	if listed, _ := people.Listed(person); listed.GitHub != "" {
		return mention(listed.GitHub)
	}
	return span(string(person))
}
