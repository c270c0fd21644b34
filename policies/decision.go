package policies

import (
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// Verdict is the outcome of a decision. Only Allow publishes anything.
type Verdict string

// The verdicts.
const (
	Allow         Verdict = "allow"
	NeedsApproval Verdict = "needs-approval"
	Deny          Verdict = "deny"
	Invalid       Verdict = "invalid" // the file is wrong
	Error         Verdict = "error"   // could not tell; never becomes approval
)

// Verdicts lists them in the order in which summaries count them.
var Verdicts = []Verdict{Allow, NeedsApproval, Deny, Invalid, Error}

// Level is a level of risk.
type Level string

// The levels, in rising order.
const (
	Low    Level = "low"
	Medium Level = "medium"
	High   Level = "high"
)

func (l Level) rank() int {
	switch l {
	case Low:
		return 0
	case Medium:
		return 1
	default: // an unknown level counts as the highest
		return 2
	}
}

// Risk is the risk of an edit and why.
type Risk struct {
	Level   Level    `json:"level"`
	Reasons []string `json:"reasons"` // sorted
}

// Requirement is a required approval.
type Requirement struct {
	Role   string         `json:"role"`
	Count  int            `json:"count"`
	Reason string         `json:"reason"`
	From   []catalog.Name `json:"from"` // who can give it: holders of the role who are no contributors
}

// Granted is an approval that counts.
type Granted struct {
	Role   string       `json:"role"`
	Person catalog.Name `json:"person"`
	ID     string       `json:"id"`
	At     time.Time    `json:"at"`
}

// Ignored is an approval that does not count, and why, for the person who gave it.
type Ignored struct {
	Person catalog.Name `json:"person"`
	ID     string       `json:"id"`
	Reason string       `json:"reason"`
}

// Approvals are the required approvals, and which of them are granted and missing.
type Approvals struct {
	Required []Requirement `json:"required"`
	Granted  []Granted     `json:"granted"`
	Missing  []string      `json:"missing"` // roles, once per approval missing
	Ignored  []Ignored     `json:"ignored,omitempty"`
	// Untrained hold a required role, and have not passed the courses that the settings ask of
	// approvers of such data.
	Untrained []catalog.Name `json:"untrained,omitempty"`
}

// Effect is what a verdict means for content that already runs.
type Effect string

// The effects.
const (
	Runs    Effect = "runs"    // nothing happens
	Grace   Effect = "grace"   // runs until a moment that is announced
	Due     Effect = "due"     // the grace period is over: the scheduled review disables it
	Contain Effect = "contain" // quarantined at once
)

// Running is the effect on content that already runs.
type Running struct {
	Effect Effect    `json:"effect"`
	Rule   string    `json:"rule,omitempty"`  // the rule whose grace period ends first
	Until  time.Time `json:"until,omitzero"`  // the end of Grace
	Reason string    `json:"reason,omitzero"` // for Runs with a verdict other than allow
	// Rules are those with a grace period running: they deny what runs, or require an
	// approval that it does not have.
	Rules []string `json:"rules,omitempty"`
}

// Decision is a verdict with its explanation.
type Decision struct {
	Kind      string            `json:"kind"` // "App", "Governance"
	Subject   string            `json:"name"`
	Path      string            `json:"path"`
	Digest    catalog.Digest    `json:"digest"` // of the content judged; empty when invalid
	Verdict   Verdict           `json:"verdict"`
	Reason    string            `json:"reason,omitempty"` // of Error: what failed, and what to do
	Risk      Risk              `json:"risk"`
	Publish   string            `json:"publish"` // catalog.Automatic or catalog.Staged
	Problems  []catalog.Problem `json:"problems"`
	Approvals Approvals         `json:"approvals"`
	Running   *Running          `json:"running,omitempty"` // nil for new content
	Until     time.Time         `json:"until,omitzero"`    // the decision holds at most until then
	Policy    catalog.Digest    `json:"policy"`            // the rules and settings it was judged by
}
