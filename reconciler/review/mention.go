package review

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/comment"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// What was said in a mention is on record as a notice of the change, with the first app
// that the change touches, and the forge finds what it wrote by the key.

func mentionKey(change string, m comment.Mention) string {
	return "change " + change + ": " + string(m.Why) + " " + m.To
}

func mentionEffect(change string, m comment.Mention) ledger.Effect {
	return ledger.NewEffect("notify", mentionKey(change, m))
}

// mentions lists who is to be mentioned now.
func (v effects) mentions() []comment.Mention {
	if !v.by.Forge.Can()[forge.Comment] || len(v.subjects) == 0 {
		return nil
	}
	told := v.told()
	first, _ := v.View.App(v.subjects[0].Name)
	return slices.DeleteFunc(v.page.Mentions(rolesAsked(told)), func(m comment.Mention) bool {
		_, before := told[mentionKey(v.change.ID, m)]
		_, claimed := first.Claims[mentionEffect(v.change.ID, m)]
		return before || m.Why == comment.Fix && !claimed && !turned(v.change.ID, v.subjects)
	})
}

// told is what was said about the change, wherever that is recorded: it may have touched
// other apps then.
func (v effects) told() map[string]ledger.Notice {
	told := map[string]ledger.Notice{}
	for _, s := range v.subjects {
		state, _ := v.View.App(s.Name)
		maps.Copy(told, state.Changes[v.change.ID].Mentions)
	}
	return told
}

// rolesAsked lists the roles whose holders were told that the change waits for them.
func rolesAsked(told map[string]ledger.Notice) []string {
	var roles []string
	for _, n := range told {
		if who, ok := strings.CutPrefix(n.Reminder, string(comment.Asked)+" "); ok {
			roles = append(roles, strings.Split(who, ", ")...)
		}
	}
	return roles
}

// turned reports whether a change was fine when it was last recorded, or had been
// agreed on by somebody.
func turned(change string, subjects []subject) bool {
	agreed, known := false, false
	for _, s := range subjects {
		judged := s.State.Changes[change].Judged
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

// claimMentions claims to mention whoever is to be.
func (v effects) claimMentions() []ledger.Entry {
	var claims []ledger.Entry
	for _, m := range v.mentions() {
		if effect := mentionEffect(v.change.ID, m); v.View.Claimable(v.subjects[0].Name, effect, v.Now) {
			claims = append(claims, v.Claim(v.subjects[0].Name, effect, "Claim to tell "+m.To+" of change "+v.change.ID, trailer(v.change.ID)))
		}
	}
	return claims
}

// mention does it, where this replica landed the claim to.
func (v effects) mention(ctx context.Context) ([]ledger.Entry, error) {
	var entries []ledger.Entry
	for _, m := range v.mentions() {
		claim, ok := v.View.Held(v.subjects[0].Name, mentionEffect(v.change.ID, m), v.Holder, v.Now)
		if !ok {
			continue
		}
		key := mentionKey(v.change.ID, m)
		receipt, err := v.act(ctx, forge.Action{Mention: &forge.Mention{Key: key, Text: m.Text}})
		if err != nil && !errors.Is(err, forge.ErrRefused) {
			return entries, fmt.Errorf("tell %s of the change: %w", m.To, err)
		}
		n := ledger.Notice{
			Key: key, Change: v.change.ID, Reminder: string(m.Why) + " " + m.To, Recipient: m.To, Channel: "comment",
			Delivered: err == nil, Message: receipt.ID, At: v.Now, Claim: claim.Seq,
		}
		if err != nil {
			n.Error = err.Error() // not tried again: only somebody there can change it
		}
		entries = append(entries, ledger.Entry{
			Kind: ledger.KindNotice, Subject: v.subjects[0].Name, Body: n, Sentence: "Tell " + m.To + " of change " + v.change.ID + ": " + string(m.Why),
			Trailers: []ledger.Trailer{trailer(v.change.ID)},
		})
	}
	return entries, nil
}
