package ledger

import (
	"fmt"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// Root is the part of the state that is about no single app.
type Root struct {
	Seq     int64          `json:"seq"`     // of the last record
	Hash    string         `json:"hash"`    // of the last record
	Commits int64          `json:"commits"` // of the branch, each with one record or more
	At      time.Time      `json:"at"`      // the latest of any record; an adoption sets it back
	Branch  string         `json:"branch"`  // the catalog's
	Main    catalog.Commit `json:"main"`    // its last tip that was accepted
	Keys    []Key          `json:"keys"`    // every key there ever was
	// Governing is the landing whose governance judges: the newest admitted.
	Governing Governing `json:"governing"`
	// Held is governance that landed and is not admitted.
	Held *Held  `json:"held,omitempty"`
	Root string `json:"root"` // the root public key
	// Disabled and Tombstoned are when apps were, in the seven days before the last
	// such transition, for caps.
	Disabled   []time.Time `json:"disabled,omitempty"`
	Tombstoned []time.Time `json:"tombstoned,omitempty"`
	// GivenUp are witnesses that the root key gave up.
	GivenUp []catalog.Commit `json:"givenUp,omitempty"`
}

// Key is a key that may sign, or once might.
type Key struct {
	Public string `json:"public"` // authorized_keys form
	From   int64  `json:"from"`   // the first record it may sign
	To     int64  `json:"to"`     // the last one; 0 while it is valid
}

// Governing is admitted governance.
type Governing struct {
	Commit    catalog.Commit `json:"commit"`
	Digest    catalog.Digest `json:"digest"`
	Admission int64          `json:"admission"`
}

// App is the state of one subject: an app, or governance, or the ledger itself
// where a claim or notice is about it. A nil map says the same as an empty one.
// Its maps and slices are shared and never change.
type App struct {
	Name  string `json:"name"`
	Stage Stage  `json:"stage"`
	Epoch Epoch  `json:"epoch,omitempty"` // of the stage, where it is not active
	// StageAt is since when it stands there; zero for an app that never moved.
	StageAt time.Time `json:"stageAt,omitzero"`
	// Renewal is the last open request to live longer.
	Renewal *Renewal `json:"renewal,omitempty"`
	// Reprieve is set once somebody brought the app back after it was disabled.
	Reprieve *Reprieve `json:"reprieve,omitempty"`
	// Admitted is what may run, by environment.
	Admitted map[string]Admitted `json:"admitted,omitempty"`
	// Applied is what the target was last seen to hold, by environment.
	Applied map[string]Applied `json:"applied,omitempty"`
	// Held is content that landed and may not run.
	Held *Held `json:"held,omitempty"`
	// Landed is the decision on what stands on the catalog's branch.
	Landed *Judged `json:"landed,omitempty"`
	// Running is the decision on what runs, which is not what landed while that is
	// held.
	Running *Judged `json:"running,omitempty"`
	// Changes are the open changes that touch the app, by id.
	Changes map[string]Change `json:"changes,omitempty"`
	// Closed says when a change last closed, so that its approvals cannot be used
	// again once it, or another of its name, is opened.
	Closed map[string]time.Time `json:"closed,omitempty"`
	// ClosedBefore is when the newest of the changes closed that Closed names no
	// more: it names the last 32.
	ClosedBefore time.Time `json:"closedBefore,omitzero"`
	// Since is when each rule was first seen to deny what runs.
	Since map[string]time.Time `json:"since,omitempty"`
	// Claims are effects under way, by effect.
	Claims map[Effect]ClaimState `json:"claims,omitempty"`
	// Quarantine is set while the app is contained.
	Quarantine *Quarantine `json:"quarantine,omitempty"`
	// Released is when the app was last released: a mark in a target that is older
	// means nothing any more.
	Released time.Time `json:"released,omitzero"`
	// Throttle is set while the app runs with less, or would if it were not contained. A
	// containment is kept beside it, and is the stricter of the two.
	Throttle *Throttle `json:"throttle,omitempty"`
	// Unthrottled is when a throttle of the app last ended: a mark of one in a target that is
	// older means nothing any more.
	Unthrottled time.Time `json:"unthrottled,omitzero"`
	// Fights are what others change back again and again while it is corrected, by environment
	// and what it is.
	Fights map[string]Fight `json:"fights,omitempty"`
	// Thawed is content that somebody let into an environment during a freeze, by
	// environment, until content is admitted there.
	Thawed map[string]catalog.Digest `json:"thawed,omitempty"`
	// Drilled is when a drill of the app's kill switch last succeeded.
	Drilled time.Time `json:"drilled,omitzero"`
	// Notices are those of the last 32 epochs that somebody was told about, by key.
	Notices map[string]Notice `json:"notices,omitempty"`
}

// Admitted is an admission that stands.
type Admitted struct {
	Seq int64     `json:"seq"` // fences applies: a target refuses a lower one
	At  time.Time `json:"at"`
	Admission
}

// Applied is what a target was last seen to hold.
type Applied struct {
	Admission int64          `json:"admission"`
	Digest    catalog.Digest `json:"digest"`
	At        time.Time      `json:"at"`
	Outcome   Outcome        `json:"outcome"`
	Disabled  bool           `json:"disabled,omitempty"`
	Error     string         `json:"error,omitempty"`
	// Health is how that does, as last recorded; nil where the target has none to tell.
	Health *AppliedHealth `json:"health,omitempty"`
}

// AppliedHealth is how what was applied does.
type AppliedHealth struct {
	State  HealthState `json:"state"`
	Reason string      `json:"reason,omitempty"`
	Since  time.Time   `json:"since"`
	// Share and Until are those of Health.
	Share int       `json:"share,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Known is set once anything but unknown was recorded of the app in the environment:
	// from then on unknown means that something is wrong with the telling.
	Known bool `json:"known,omitempty"`
	// Recorded is when a health record was last written of the app in the environment;
	// zero where only receipts told.
	Recorded time.Time `json:"recorded,omitzero"`
}

// Shared says which share of the replicas has the newest content first, and until when, as words
// of which a time is one in the zone; empty where no share runs.
func (h *AppliedHealth) Shared(zone *time.Location) string {
	switch {
	case h == nil || h.Share == 0 || h.State != HealthProgressing:
		return ""
	case h.Until.IsZero():
		return fmt.Sprintf("%d%% of its replicas have it first", h.Share)
	}
	return fmt.Sprintf("%d%% of its replicas have it until %s, and then the others follow", h.Share, h.Until.In(zone).Format("2006-01-02 15:04 MST"))
}

// Told reports whether a target ever told how the app does in the environment. Where none
// did, what was applied is taken to be well.
func (h *AppliedHealth) Told() bool { return h != nil && (h.State != HealthUnknown || h.Known) }

// Renewal is a change that asks for the app to live longer than an epoch. There is
// one for each epoch: a second request does not begin it again.
type Renewal struct {
	Epoch  Epoch     `json:"epoch"`
	Change string    `json:"change"`
	At     time.Time `json:"at"`
	Closed bool      `json:"closed,omitempty"` // the change is
}

// Reprieve puts the end of an epoch off.
type Reprieve struct {
	Epoch Epoch     `json:"epoch"`
	Until time.Time `json:"until"`
}

// Held is content that landed without an admission.
type Held struct {
	Commit   catalog.Commit `json:"commit"`
	Digest   catalog.Digest `json:"digest"`
	Verdict  Verdict        `json:"verdict"`
	Decision int64          `json:"decision"`
	At       time.Time      `json:"at"`
}

// Judged is a decision as far as the loops need it again.
type Judged struct {
	Seq     int64          `json:"seq"`
	Commit  catalog.Commit `json:"commit"`
	Verdict Verdict        `json:"verdict"`
	Digest  catalog.Digest `json:"digest"`
	Outcome catalog.Digest `json:"outcome"`
	Policy  catalog.Digest `json:"policy"`
	At      time.Time      `json:"at"`
	Shown   time.Time      `json:"shown,omitzero"`
}

// Change is what is known of an app in one open change.
type Change struct {
	Judged []Judged `json:"judged,omitempty"` // the latest per digest, oldest first, at most 32
	// Approvals are reviews of all kinds, oldest first, each as first captured: a
	// second record of one changes nothing but that it may confirm.
	Approvals []catalog.Approval `json:"approvals,omitempty"`
	// Mentions are the last 64 notices to people that the change waits for, by key.
	Mentions map[string]Notice `json:"mentions,omitempty"`
}

// ClaimState is a claim that has no receipt yet.
type ClaimState struct {
	Seq int64 `json:"seq"`
	Claim
}

// Quarantine is an app that was contained.
type Quarantine struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	Drill  bool      `json:"drill,omitempty"` // it is a drill, which ends by itself
}

// Throttle is an app that was made to run on with less.
type Throttle struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// Fight is something of an app that others change back again and again while it is corrected.
type Fight struct {
	Seq         int64     `json:"seq"`
	At          time.Time `json:"at"`
	Environment string    `json:"environment"`
	Contested
}

// FightKey names what is fought for in an environment, whoever writes it.
func FightKey(environment string, c Contested) string {
	return environment + "/" + c.What + "/" + c.Field
}

// Valid reports whether a key may sign a record.
func (k Key) Valid(seq int64) bool { return k.From <= seq && (k.To == 0 || seq <= k.To) }

// SameKey compares keys as they are written, whatever their comments say.
func SameKey(a, b string) bool { return bareKey(a) == bareKey(b) }

func bareKey(line string) string {
	f := strings.Fields(line)
	return strings.Join(f[:min(len(f), 2)], " ")
}
