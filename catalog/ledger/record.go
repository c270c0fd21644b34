package ledger

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// Kind is the kind of a record. Each has a folder of its name in the branch.
type Kind string

// The kinds of records, with the type of their body.
const (
	KindGenesis    Kind = "genesis"    // Genesis
	KindKey        Kind = "key"        // KeyChange
	KindAdoption   Kind = "adoption"   // Adoption: the end of a freeze
	KindApproval   Kind = "approval"   // catalog.Approval
	KindDecision   Kind = "decision"   // Decision
	KindAdmission  Kind = "admission"  // Admission
	KindClaim      Kind = "claim"      // Claim
	KindReceipt    Kind = "receipt"    // Receipt
	KindHealth     Kind = "health"     // Health
	KindNotice     Kind = "notice"     // Notice
	KindIncident   Kind = "incident"   // Incident
	KindTransition Kind = "transition" // Transition
	KindLanding    Kind = "landing"    // Landing
	KindClosure    Kind = "closure"    // Closure
	KindCheckpoint Kind = "checkpoint" // Checkpoint
)

// Record is one entry of the ledger.
type Record struct {
	Seq     int64           `json:"seq"`     // from 1, without gaps
	Prev    string          `json:"prev"`    // sha256:… of the record before, as written; empty for the first
	At      time.Time       `json:"at"`      // UTC, whole milliseconds
	Kind    Kind            `json:"kind"`    //
	Subject string          `json:"subject"` // an app's name, catalog.Governance, catalog.Strays, or SubjectLedger
	Engine  string          `json:"engine"`  // what decided: release, OPA version, library digest
	Body    json.RawMessage `json:"body"`    // canonical JSON of the kind's type
}

// SubjectLedger is the subject of records about the ledger itself.
const SubjectLedger = "@ledger"

// Entry is a record that is to be written: what the writer knows before its
// place in the chain is known.
type Entry struct {
	Kind    Kind
	Subject string
	Body    any
	// Sentence is the first line of the commit, for people: "Admit
	// expense-submit 7f3a9c1 to production".
	Sentence string
	// Trailers are added to those every commit has (Seq, App, Kind).
	Trailers []Trailer
	// Keep lists files or folders of the catalog that the tip shall hold from now
	// on: what an admission admits. The path is where they lie in the ledger's
	// tree, below AdmittedPath of the subject; the id names an object that the
	// repository or the batch has. A zero Mode takes the path away. They are kept in
	// the order given.
	Keep []catalog.Entry
}

// Trailer is a line "Key: value" at the end of a commit message.
type Trailer struct{ Key, Value string }

// Genesis is the first record, written by a person: what the catalog was when
// governance began.
type Genesis struct {
	Branch     string         `json:"branch"` // the catalog's branch
	Main       catalog.Commit `json:"main"`   // its tip, governance of which is admitted as it stands
	Governance catalog.Digest `json:"governance"`
	Root       string         `json:"root"` // public key, authorized_keys form
	Key        string         `json:"key"`  // the daemon's first public key
	Adopt      bool           `json:"adopt"`
	Signature  string         `json:"signature"` // by Root, over the body without this field
}

// KeyChange adds or revokes a key that may sign. It is signed by the root key,
// or, for an addition, by a key that is valid.
type KeyChange struct {
	Add       string `json:"add,omitempty"`
	Revoke    string `json:"revoke,omitempty"`
	Reason    string `json:"reason"`
	By        string `json:"by"`        // fingerprint of the signing key
	After     string `json:"after"`     // Prev of the record: the signature holds nowhere else
	Signature string `json:"signature"` // by By, over the body without this field
}

// Adoption ends a freeze, or settles what nobody else can: signed by the root key.
type Adoption struct {
	Main       catalog.Commit `json:"main,omitempty"`       // the tip of the catalog accepted from now on
	Tip        catalog.Commit `json:"tip,omitempty"`        // the ledger tip accepted in spite of witnesses
	Governance catalog.Digest `json:"governance,omitempty"` // governance admitted by the root key
	// GivenUp lists the witnesses that the ledger need not descend from any more,
	// and with them everything before them.
	GivenUp   []catalog.Commit `json:"givenUp,omitempty"`
	Reason    string           `json:"reason"`
	After     string           `json:"after"`     // Prev of the record: the signature holds nowhere else
	Signature string           `json:"signature"` // by the root key, over the body without this field
}

// Landing is one push that brought commits to the catalog's branch, as decided.
type Landing struct {
	From catalog.Commit `json:"from"`
	To   catalog.Commit `json:"to"`
	// Change is the change it landed; empty for a direct push.
	Change string `json:"change,omitempty"`
	// Apps lists the apps whose content it changed.
	Apps []string `json:"apps"`
	// Bypass says why it is an incident too, if it is: a push past the check.
	Bypass string `json:"bypass,omitempty"`
}

// Closure is the end of a change, landed or not. Its approvals end with it, and
// none captured before it ever counts again under the change's name.
type Closure struct {
	Change string   `json:"change"`
	Landed bool     `json:"landed"`
	Apps   []string `json:"apps"`
}

// Decision is a verdict that was reached, with all it was reached from.
type Decision struct {
	Change string         `json:"change,omitempty"` // empty for what landed or runs
	Commit catalog.Commit `json:"commit"`           // the head or landing judged
	// Environment is set for a decision on what already runs there, which sets
	// App.Running; it is empty for what landed (App.Landed) or is proposed by a
	// change (App.Changes).
	Environment string          `json:"environment,omitempty"`
	Verdict     Verdict         `json:"verdict"`
	Digest      catalog.Digest  `json:"digest"`
	Policy      catalog.Digest  `json:"policy"`
	Brief       json.RawMessage `json:"brief"`    // policies.Brief; judged again in a replay
	Decision    json.RawMessage `json:"decision"` // policies.Decision, byte for byte
	// Outcome names what the decision says, without the moment it was reached: a
	// later one with the same outcome need not be recorded again.
	Outcome catalog.Digest `json:"outcome"`
	// Denied lists the rules that deny content that runs. Their grace runs from
	// the first record that lists them.
	Denied []string `json:"denied,omitempty"`
	// Shown is set when the verdict had become readable for the reviewers of the
	// change.
	Shown bool `json:"shown,omitempty"`
	// Renews is the epoch that the change would end by giving the app a later one.
	Renews Epoch `json:"renews,omitempty"`
}

// Verdict is what a decision came to, in the words of policies.Verdict.
type Verdict string

// Admission says that content may run in an environment. For governance the
// environment is empty.
type Admission struct {
	Environment string         `json:"environment"`
	Path        string         `json:"path"` // the app's file at Commit
	Commit      catalog.Commit `json:"commit"`
	Digest      catalog.Digest `json:"digest"` // content; for governance its digest
	Render      catalog.Digest `json:"render"`
	Decision    int64          `json:"decision"`        // seq of the decision it follows from; zero is filled in as it is written
	Approvals   []string       `json:"approvals"`       // ids of the approvals that counted
	Roles       []string       `json:"roles"`           // in which roles
	Cause       Cause          `json:"cause,omitempty"` // empty where it follows from a landing
	By          string         `json:"by,omitempty"`    // who asked, for a rollback
	Reason      string         `json:"reason,omitempty"`
	// Adopted is set where content that was adopted is admitted once more, for another
	// cause: it was never reviewed, and that goes on to excuse it.
	Adopted bool `json:"adopted,omitempty"`
	// Bot is set where a bot asked for the content: it never goes to production unless a
	// person approved it.
	Bot bool `json:"bot,omitempty"`
}

// Cause is why content was admitted, where not because it landed and was allowed.
type Cause string

// The causes of admissions.
const (
	CauseAdopted       Cause = "adopted"       // it ran when the ledger began
	CauseRetrospective Cause = "retrospective" // it landed past the check, and was approved afterwards
	CausePromotion     Cause = "promotion"     // it soaked in the environment before
	CauseRollback      Cause = "rollback"      // somebody went back to it
	CauseRender        Cause = "render"        // it renders to something else by now
	CauseMoved         Cause = "moved"         // its folder has another name
)

// TakenOver reports whether the content was adopted when the ledger began, whatever it
// was admitted for since.
func (a Admission) TakenOver() bool { return a.Adopted || a.Cause == CauseAdopted }

// Claim says who is about to do an effect, until when. Only the replica whose
// own commit landed it may do it.
type Claim struct {
	Effect Effect    `json:"effect"` // "apply production c1:…", unique for what is done
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// Receipt says what an effect really did. It ends the claim.
type Receipt struct {
	Effect      Effect  `json:"effect"`
	Outcome     Outcome `json:"outcome"`
	Environment string  `json:"environment,omitempty"`
	// Change is set for the showing of a verdict on a change: Digest is then the
	// content the verdict is about, which counts as readable from this record on.
	Change    string         `json:"change,omitempty"`
	Admission int64          `json:"admission,omitempty"` // seq of the admission applied
	Digest    catalog.Digest `json:"digest,omitempty"`    // render digest now in the target
	Steps     []string       `json:"steps,omitempty"`
	Disabled  bool           `json:"disabled,omitempty"` // the target holds it, and does not run it
	Error     string         `json:"error,omitempty"`    // of "failed", redacted
	// Health is how the app did right after the effect, where its target can tell.
	Health *Health `json:"health,omitempty"`
	// Claim is the seq of the claim it ends, so that a late receipt does not end the
	// claim of whoever took over. Zero ends whichever claim is open.
	Claim int64 `json:"claim,omitempty"`
}

// Outcome is what came of an effect.
type Outcome string

// The outcomes of effects.
const (
	OutcomeDone      Outcome = "done"
	OutcomeUnchanged Outcome = "unchanged" // it was so already
	OutcomeContained Outcome = "contained" // a mark forbids it; the content waits
	OutcomeFailed    Outcome = "failed"    // it may or may not have happened
)

// Health says how what was admitted does where it was applied, as its target told. In a
// receipt it leaves out what the receipt says already.
type Health struct {
	Environment string      `json:"environment,omitempty"`
	Admission   int64       `json:"admission,omitempty"` // seq of the admission applied
	State       HealthState `json:"state"`
	Reason      string      `json:"reason,omitempty"` // a sentence for people, bounded
	// Share is how many percent of the replicas have the newest content first, while that is so
	// and when it failed; Until is when the others follow. Both are zero for most.
	Share int       `json:"share,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Since is since when, as the target said, or when it was first seen so.
	Since time.Time `json:"since"`
}

// HealthState is one of the states that a target tells of an app.
type HealthState string

// The states of health.
const (
	HealthReady       HealthState = "ready"
	HealthProgressing HealthState = "progressing"
	HealthFailing     HealthState = "failing"
	HealthUnknown     HealthState = "unknown" // it could not be told
)

// Notice says that somebody was told something, once for (epoch or change, reminder,
// recipient), or could not be. It ends the claim to tell them.
type Notice struct {
	Key       string    `json:"key"`              // unique: app, epoch or change, reminder, recipient
	Epoch     Epoch     `json:"epoch,omitempty"`  // what it is about: an expiry, a denial
	Change    string    `json:"change,omitempty"` // or the change that waits for them
	Reminder  string    `json:"reminder"`         // "30d", "denied"
	Recipient string    `json:"recipient"`
	Channel   string    `json:"channel"`
	Delivered bool      `json:"delivered"`
	Message   string    `json:"message,omitempty"` // the sender's own id
	Error     string    `json:"error,omitempty"`
	At        time.Time `json:"at"`
	// DisableAt is the day it promised for what takes the app down: not before it, and soon
	// after. Zero for what promised none.
	DisableAt time.Time `json:"disableAt,omitzero"`
	// Failing is since when telling them fails; zero for what was delivered.
	Failing time.Time `json:"failing,omitzero"`
	Claim   int64     `json:"claim,omitempty"` // seq of the claim it ends
}

// Incident is something that should not have happened, or containment.
type Incident struct {
	What    IncidentKind   `json:"what"`
	Message string         `json:"message"`
	By      string         `json:"by,omitempty"`
	Commit  catalog.Commit `json:"commit,omitempty"`
	Marks   []string       `json:"marks,omitempty"` // environments whose target was told
	// Digest is, where somebody let content in during a freeze, that content.
	Digest catalog.Digest `json:"digest,omitempty"`
	// Drill is how a drill went; in a containment it says that it is one, and nothing else.
	Drill *Drill `json:"drill,omitempty"`
	// Fight is, where a fight begins or ends, what it is about. Marks is its environment.
	Fight *Contested `json:"fight,omitempty"`
}

// IncidentKind is what an incident is.
type IncidentKind string

// The kinds of incidents.
const (
	IncidentQuarantine IncidentKind = "quarantine" // an app was contained
	IncidentRelease    IncidentKind = "release"    // the end of that
	IncidentBypass     IncidentKind = "bypass"     // content landed past the check
	IncidentThaw       IncidentKind = "thaw"       // content was let into an environment during a freeze
	IncidentDrill      IncidentKind = "drill"      // the kill switch of an app was tried
	IncidentThrottle   IncidentKind = "throttle"   // an app was made to run on with less
	IncidentUnthrottle IncidentKind = "unthrottle" // the end of that
	IncidentFight      IncidentKind = "fight"      // others change back again and again what is corrected
	IncidentFightOver  IncidentKind = "fight-over" // the end of that
)

// Contested is what others change back again and again.
type Contested struct {
	What  string `json:"what"`            // "Deployment/board"
	Field string `json:"field,omitempty"` // "spec.replicas"; empty where that cannot be told
	By    string `json:"by,omitempty"`    // who writes it; likewise
}

// String is it as people read it.
func (c Contested) String() string {
	words := c.What
	if c.Field != "" {
		words = c.Field + " of " + words
	}
	if c.By != "" {
		words += " (written by " + c.By + ")"
	}
	return words
}

// Drill is how a drill of a kill switch went: how long it took until the app was cut
// everywhere, and from its release until it ran again, in milliseconds.
type Drill struct {
	CutMillis  int64 `json:"cutMillis,omitempty"`
	BackMillis int64 `json:"backMillis,omitempty"`
	Failed     bool  `json:"failed,omitempty"`
}

// Stage is where an app stands in its life. The ledger owns it.
type Stage string

// The stages, in their order. Only Archived → Tombstoned destroys.
const (
	Active     Stage = "active"
	Expiring   Stage = "expiring"
	Due        Stage = "due"
	Disabled   Stage = "disabled"
	Archived   Stage = "archived"
	Tombstoned Stage = "tombstoned"
)

// Transition moves an app from one stage to another.
type Transition struct {
	From  Stage  `json:"from"`
	To    Stage  `json:"to"`
	Epoch Epoch  `json:"epoch"` // what the stage is about, or was
	Cause string `json:"cause"`
	Undo  string `json:"undo"`         // the command that takes it back
	By    string `json:"by,omitempty"` // who asked for it, where somebody did
	// Until is, for an app that somebody brought back, when the epoch counts again.
	Until time.Time `json:"until,omitzero"`
}

// Checkpoint sums up the ledger so far.
type Checkpoint struct {
	Tip     catalog.Commit `json:"tip"`
	Records int64          `json:"records"`
	Hash    string         `json:"hash"`
}

// checkSubject refuses what can be no subject, and so no part of a path.
func checkSubject(subject string) error {
	if subject == catalog.Governance || subject == catalog.Strays || subject == SubjectLedger || scalar.IsName(subject) {
		return nil
	}
	return fmt.Errorf("%w: %.80q is neither an app, nor %s, nor %s, nor %s", ErrInvalid, subject, catalog.Governance, catalog.Strays, SubjectLedger)
}

// ReservedEnvironment is what no environment may be called: governance is kept where the
// content of an environment of that name would be.
const ReservedEnvironment = "governance"
