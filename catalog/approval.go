package catalog

import "time"

// Review is what a person said of one app in one change.
type Review string

// The reviews. A dismissal by anybody who may dismiss withdraws like a rejection.
const (
	Approve Review = "approve"
	Reject  Review = "reject"
	Dismiss Review = "dismiss"
)

// Governance is the subject of approvals and decisions about everything outside
// apps/. No app can have the name: it is no DNS label.
const Governance = "@governance"

// Approval is one review by one person as it was first captured. It belongs to
// one change, base branch, subject and digest, and is worth nothing elsewhere.
type Approval struct {
	ID      string    `json:"id"`      // the forge's identity of the review
	Change  string    `json:"change"`  // "42", "publish/expense-submit"
	Base    string    `json:"base"`    // the branch the change is for
	Subject string    `json:"subject"` // an app's name, or Governance
	Digest  Digest    `json:"digest"`  // what the person looked at, as first recorded
	Person  Name      `json:"person"`  // by id in roles.yaml; never a bot
	Review  Review    `json:"review"`
	At      time.Time `json:"at"`
	// Roles are those the person held for the subject then: a role that is given later
	// makes nothing of what was said before. Nil in records that do not say.
	Roles []string `json:"roles,omitzero"`
	// Given is when the forge says that it was given, which may be long before it was
	// captured.
	Given time.Time `json:"given,omitzero"`
	// Shown is since when the verdict for this digest, and for no other, could be read
	// when it was captured; zero where it could not yet. Confirmed is set once the
	// person repeated the digest.
	Shown     time.Time `json:"shown,omitzero"`
	Confirmed bool      `json:"confirmed,omitempty"`
}

// Settled reports whether its giver can have read the verdict, which takes that long,
// or said in so many words what they looked at.
func (a Approval) Settled(settle time.Duration) bool {
	at := a.At
	if !a.Given.IsZero() && a.Given.Before(at) {
		at = a.Given
	}
	return a.Confirmed || !a.Shown.IsZero() && at.Sub(a.Shown) >= settle
}
