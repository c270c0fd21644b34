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
	// Shown is when the verdict for this digest had become readable; zero where
	// it was not yet. Confirmed is set once the person repeated the digest.
	Shown     time.Time `json:"shown,omitzero"`
	Confirmed bool      `json:"confirmed,omitempty"`
}
