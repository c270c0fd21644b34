// Package target is the contract between the reconciler and the places where
// apps run. A target holds, for each environment, an inventory of what it was
// given, so that what it runs can be told from what others put beside it, and it
// never touches what is not its own.
//
// The order is always the same: Observe what is there, Plan the difference, Apply
// one step at a time, and say in a Receipt what really happened. Every step
// carries a Fence: the sequence of the admission it follows from. A target refuses
// one that is lower than its inventory's, so that a replica which woke up late
// cannot lay old content over new.
//
// Containment does not wait for any of this. Quarantine first writes a mark into
// the inventory, which every later Apply obeys, and then cuts.
package target

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// Object is what an app shall be in one environment.
type Object struct {
	App      string
	Render   catalog.Digest  // names Document and all else that rendering read
	Document json.RawMessage // the runtime document, or what a Renderer made of it; JSON
	Disabled bool            // there, but not running: reversible
	Fence    Fence
}

// Fence orders applies of one app, and carries the tips that were accepted when
// it was made, which the target remembers as a witness.
type Fence struct {
	Admission int64          `json:"admission"` // sequence of the admission in the ledger
	Ledger    catalog.Commit `json:"ledger"`
	Main      catalog.Commit `json:"main"`
}

// Mark says that an app is contained, or throttled. It lives in the target's own inventory.
type Mark struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Drill  bool      `json:"drill,omitempty"` // it is only tried, and ends by itself
}

// GivesWayTo reports whether another mark is written in the place of this one, which may be
// nil: the first stays, since it says since when, but for a drill's, which one in earnest
// replaces.
func (m *Mark) GivesWayTo(other Mark) bool { return m == nil || m.Drill && !other.Drill }

// Observed is what a target holds of one app. An app that was only ever marked
// has no Render.
type Observed struct {
	App      string
	Render   catalog.Digest // as recorded when it was applied, running or waiting
	Fence    Fence
	Disabled bool
	// Drift says how what is there differs from what was applied; empty where it
	// does not. An app that was released and not yet brought back has drifted, and
	// so has one whose inventory is damaged.
	Drift string
	// Drifted is what of it differs, so that the same difference can be known again; empty
	// where the target cannot tell it apart.
	Drifted []Drifted
	Mark    *Mark // set while the app is contained
	// Throttle is set while the app is held to less, also while it is contained.
	Throttle *Mark
	// Health is how the app does; zero where it shall not run, and where the target
	// cannot tell of any app. What has drifted is not ready.
	Health Health
	// Ending says what of an app that shall not run has not ended yet, though it was stopped;
	// empty where nothing has to, and where the target cannot tell.
	Ending string
	// Document is what was applied, so that a plan can say what changes; nil where
	// the target does not know it.
	Document json.RawMessage
}

// Drifted is one thing of an app that differs from what was applied.
type Drifted struct {
	What  string // "Deployment/board"
	Field string // "spec.replicas", or several; empty where it is all of it, or cannot be told
	By    string // who wrote it; empty where that cannot be told
}

// Inventory is what a target holds in one environment.
type Inventory struct {
	Apps map[string]Observed
	// Witness is the newest fence that was ever applied here.
	Witness Fence
}

// Verb is what a step does.
type Verb string

// The verbs. An app has at most one step at a time, named for what matters most
// to people; whichever it is, it makes the app what its Object says.
const (
	Create  Verb = "create"
	Update  Verb = "update"
	Correct Verb = "correct" // the content is right, what is there has drifted
	Disable Verb = "disable"
	Enable  Verb = "enable"
)

// Step is one difference to apply.
type Step struct {
	Verb   Verb
	App    string
	Object Object
	Reason string // for people: "cpu 250m → 500m", "drift: file deleted by hand"
}

// Outcome is what an effect really did.
type Outcome string

// The outcomes.
const (
	Done      Outcome = "done"
	Unchanged Outcome = "unchanged" // it was so already
	Contained Outcome = "contained" // a mark forbids it; the content waits, recorded
)

// Receipt is the answer of a target to a step.
type Receipt struct {
	Outcome Outcome
	Render  catalog.Digest // what the target holds now
	Details []string       // for people
	// Left is what a containment could not cut, since it is not the target's own: it
	// may go on running until people take it away.
	Left []string
}

// Sentinels. Anything else is "could not": it may or may not have happened, and
// the target is observed again before another try.
var (
	// ErrFenced refuses a step whose fence is lower than the inventory's.
	ErrFenced = errors.New("the target holds a newer admission")
	// ErrForeign refuses to touch what the target did not put there.
	ErrForeign = errors.New("what is there was not put there by levee")
	// ErrPermanent marks a failure that another try cannot mend.
	ErrPermanent = errors.New("the target refuses it for good")
)

// Target is one place where apps run. Methods are safe for concurrent use on
// different apps; calls for one app are made one after the other. All but Plan
// may block until ctx ends, and all are safe to repeat.
type Target interface {
	// Observe returns what the target holds in an environment: of the apps named,
	// or of all where none is. A partial answer is an error, never a shorter
	// inventory: absence is believed. Where one app's record is damaged the app is
	// still there, as drift: it must not hide the others.
	Observe(ctx context.Context, environment string, apps ...string) (Inventory, error)

	// Plan compares what shall be with what is and returns the steps, sorted by
	// app. It is pure. An app that is observed and not desired is left alone:
	// absence is never a reason to take away.
	Plan(desired []Object, observed Inventory) []Step

	// Preview says what applying an object would do to what is there: what it would
	// create, change and remove. The object's fence counts for nothing: the admission may
	// be still to come. Where Apply would refuse the object it fails likewise. It takes no
	// lock and writes nothing, also not what it finds to be damaged; nothing to do is a
	// preview without items.
	Preview(ctx context.Context, environment string, object Object) (Preview, error)

	// Apply does one step. It writes the inventory so that a crash at any point
	// leaves a state from which repeating the step gives the same end.
	Apply(ctx context.Context, environment string, step Step) (Receipt, error)

	// Quarantine contains an app at once: the mark first, then the cut. An app the
	// target does not hold is marked too, so that it cannot arrive. Where it is marked
	// already, Mark.GivesWayTo says which mark stays.
	Quarantine(ctx context.Context, environment, app string, mark Mark) (Receipt, error)

	// Release takes the mark away. The next Apply brings the app back.
	Release(ctx context.Context, environment, app string) (Receipt, error)

	// Remove takes an app and its inventory away for good. Only what is its own is
	// touched; a fence lower than the inventory's is refused. A mark stays: nothing
	// but Release lifts it.
	Remove(ctx context.Context, environment, app string, fence Fence) (Receipt, error)
}
