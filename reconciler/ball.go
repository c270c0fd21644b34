package reconciler

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// A ball is a word to those a change waits for, in a comment of its own: the comment
// with the verdict is edited in place, of which nobody is told. So there is one only
// when the ball first comes to somebody, once for the change, for whom, and why. What
// was said is on record, and the forge finds what it wrote by the key.
type ball struct {
	whom string // roles or a person, by name
	why  string
	text string
}

// Why a ball comes to somebody.
const (
	ballAsked   = "asked"   // approvals are what is missing
	ballConfirm = "confirm" // an approval was given before its giver can have read
	ballFix     = "fix"     // what was fine, or agreed on, is not any more
	ballStuck   = "stuck"   // those who were asked cannot agree any more, and nobody else can
)

func (v *review) epoch() string { return "change " + v.change.ID }

func (v *review) ballKey(b ball) string { return v.epoch() + ": " + b.why + " " + b.whom }

func (v *review) ballEffect(b ball) string { return ledger.Effect("notify", v.ballKey(b)) }

// balls lists what is to be said now.
func (v *review) balls() []ball {
	if !v.r.Forge.Can()[forge.Comment] || v.change.Draft {
		return nil
	}
	state, _ := v.view.App(ledger.SubjectLedger)
	var due []ball
	for _, b := range slices.Concat(v.toReviewers(state), v.toConfirm(), v.toAuthor(state), v.toStuck(state)) {
		if _, told := state.Notices[v.ballKey(b)]; !told {
			due = append(due, b)
		}
	}
	return due
}

// toReviewers is a word to those who can give what is missing, unless those of their
// role were told before.
func (v *review) toReviewers(state ledger.App) []ball {
	if v.out.State != forge.Pending {
		return nil
	}
	told := v.asked(state)
	var roles, reasons []string
	var people []catalog.Name
	for _, d := range v.out.Decisions {
		for _, need := range d.Approvals.Required {
			can, left := v.sheet.canStill(d, need)
			if left == 0 || v.sheet.unable(d, v.sheet.about[d.Subject], need, can, left) != "" || v.out.Unchanged[d.Subject] || slices.Contains(told, need.Role) {
				continue
			}
			roles, people = append(roles, need.Role), append(people, can...)
			reasons = append(reasons, fmt.Sprintf("%s has to agree to %s, because %s", the(need.Role), subjectInText(d.Subject), reasonWords(d, need)))
		}
	}
	if len(roles) == 0 {
		return nil
	}
	slices.Sort(roles)
	slices.Sort(people)
	var callees []string
	for _, person := range slices.Compact(people) {
		callees = append(callees, v.call(person))
	}
	return []ball{{
		whom: strings.Join(slices.Compact(roles), ", "), why: ballAsked,
		text: fmt.Sprintf("%s, this change waits for you: %s. The first comment says what changes and what your approval covers.",
			enumerate(shortly(callees, 8), "and"), enumerate(shortly(reasons, 3), "and")),
	}}
}

// asked lists the roles whose holders were told that the change waits for them.
func (v *review) asked(state ledger.App) []string {
	var told []string
	for _, n := range state.Notices {
		if who, ok := strings.CutPrefix(n.Rung, ballAsked+" "); ok && n.Epoch == v.epoch() {
			told = append(told, strings.Split(who, ", ")...)
		}
	}
	return told
}

// toStuck is a word to the author where those who were asked cannot agree any more, as
// when they left, and nobody else can. Where nobody could from the beginning, the first
// comment said so.
func (v *review) toStuck(state ledger.App) []ball {
	login := v.change.Author.Login
	if v.out.State != forge.Pending || v.change.Bot || login == "" {
		return nil
	}
	told := v.asked(state)
	for _, d := range v.out.Decisions {
		for _, need := range d.Approvals.Required {
			can, left := v.sheet.canStill(d, need)
			why := v.sheet.unable(d, v.sheet.about[d.Subject], need, can, left)
			if why == "" || !slices.Contains(told, need.Role) {
				continue
			}
			return []ball{{
				whom: login + " " + need.Role, why: ballStuck,
				text: fmt.Sprintf("%s, %s was asked to agree to %s, and now nobody can: %s.", mention(login), the(need.Role), subjectInText(d.Subject), why),
			}}
		}
	}
	return nil
}

// toConfirm answers approvals that were given too soon.
func (v *review) toConfirm() []ball {
	var list []ball
	for _, d := range v.out.Decisions {
		a := v.sheet.about[d.Subject]
		for _, i := range d.Approvals.Ignored {
			if !v.sheet.unsettled(d, approvalOf(a.reviews, i.ID)) || slices.ContainsFunc(d.Approvals.Granted, func(g policies.Granted) bool { return g.Person == i.Person }) {
				continue
			}
			list = append(list, ball{
				whom: string(i.Person) + " " + d.Digest.Short(), why: ballConfirm,
				text: fmt.Sprintf("%s, the content changed while you were reading. Please look at it again. To make your approval count, then write %s as a comment, or approve once more.",
					v.call(i.Person), span("/levee confirm "+d.Digest.Short())),
			})
		}
	}
	slices.SortFunc(list, func(x, y ball) int { return strings.Compare(x.whom, y.whom) })
	return slices.CompactFunc(list, func(x, y ball) bool { return x.whom == y.whom })
}

// toAuthor is a word to the author of a change that was fine, or had been agreed on,
// and now has something to fix. One who only begins has the first comment.
func (v *review) toAuthor(state ledger.App) []ball {
	login := v.change.Author.Login
	if v.out.State != forge.Failure || v.change.Bot || login == "" {
		return nil
	}
	for _, d := range v.out.Decisions {
		blocking := v.sheet.blocking(d)
		if len(blocking) == 0 {
			continue
		}
		first := blocking[0]
		b := ball{whom: login + " " + first.Rule, why: ballFix}
		if _, open := state.Claims[v.ballEffect(b)]; !open && !v.turned() {
			return nil
		}
		where := at(first, "")
		b.text = fmt.Sprintf("%s, this was fine before, and now there is something for you to fix. %s%s %s The first comment has the rest.",
			mention(login), where, plain(first.Message), plain(first.Remedy))
		return []ball{b}
	}
	return nil
}

// turned reports whether the change was fine when it was last recorded, or had been
// agreed on by somebody.
func (v *review) turned() bool {
	agreed, known := false, false
	for _, s := range v.subjects {
		judged := s.state.Changes[v.change.ID].Judged
		if len(judged) == 0 {
			continue
		}
		known = true
		switch last := judged[len(judged)-1]; policies.Verdict(last.Verdict) {
		case policies.Allow:
			agreed = true
		case policies.NeedsApproval:
			agreed = agreed || slices.ContainsFunc(s.reviews, func(a catalog.Approval) bool { return a.Review == catalog.Approve && a.Digest == last.Digest })
		default:
			return false
		}
	}
	return known && agreed
}

// canGive lists who can give a missing approval: whoever gave another one cannot.
func canGive(d policies.Decision, need policies.Requirement) []catalog.Name {
	return slices.DeleteFunc(slices.Clone(need.From), func(person catalog.Name) bool {
		return slices.ContainsFunc(d.Approvals.Granted, func(g policies.Granted) bool { return g.Person == person })
	})
}

func subjectInText(subject string) string {
	if subject == catalog.Governance {
		return "what every app is judged by"
	}
	return span(subject)
}

// logins are of a form that cannot say anything but who is meant.
var logins = regexp.MustCompile(`^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}$`)

// mention calls an account, so that the forge tells whoever it belongs to.
func mention(login string) string {
	if logins.MatchString(login) {
		return "@" + login
	}
	return span(login)
}

// call calls a person by the account that roles.yaml lists, or by name.
func (v *review) call(person catalog.Name) string {
	if login := v.bench.who.roles.People[person].GitHub; login != "" {
		return mention(login)
	}
	return span(string(person))
}

// telling claims to say what is to be said.
func (v *review) telling() []ledger.Entry {
	var claims []ledger.Entry
	for _, b := range v.balls() {
		if effect := v.ballEffect(b); v.view.Claimable(ledger.SubjectLedger, effect, v.now) {
			claims = append(claims, ledger.Entry{
				Kind: ledger.KindClaim, Subject: ledger.SubjectLedger, Body: ledger.NewClaim(effect, v.r.Holder, v.now, v.r.ClaimFor),
				Sentence: "Claim to tell " + b.whom + " of change " + v.change.ID,
				Trailers: []ledger.Trailer{{Key: "Change", Value: v.change.ID}},
			})
		}
	}
	return claims
}

// tell says it, where this replica landed the claim to.
func (v *review) tell(ctx context.Context) ([]ledger.Entry, error) {
	var entries []ledger.Entry
	for _, b := range v.balls() {
		claim, ok := v.view.Held(ledger.SubjectLedger, v.ballEffect(b), v.r.Holder, v.now)
		if !ok {
			continue
		}
		key := v.ballKey(b)
		receipt, err := v.do(ctx, forge.Action{Tell: &forge.Telling{Key: key, Text: b.text}})
		if err != nil && !errors.Is(err, forge.ErrRefused) {
			return entries, fmt.Errorf("tell %s of the change: %w", b.whom, err)
		}
		n := ledger.Notice{
			Key: key, Epoch: v.epoch(), Rung: b.why + " " + b.whom, Recipient: b.whom, Channel: "comment",
			Delivered: err == nil, Message: receipt.ID, At: v.now, Claim: claim.Seq,
		}
		if err != nil {
			n.Error = err.Error() // not tried again: only somebody there can change it
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindNotice, Subject: ledger.SubjectLedger, Body: n, Sentence: "Tell " + b.whom + " of change " + v.change.ID + ": " + b.why,
			Trailers: []ledger.Trailer{{Key: "Change", Value: v.change.ID}},
		})
	}
	return entries, nil
}
