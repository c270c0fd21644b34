// Package forge is the contract between the reconciler and the place where
// changes are asked for and reviewed: GitHub, or nothing but Git itself.
//
// What a forge says are facts: which changes are open, who asked, who pushed, who
// reviewed what and when. It decides nothing, and it knows people only by the
// identity they have there; roles.yaml says who they are. What the reconciler
// wants done comes as Actions, each with a key by which doing it twice is doing
// it once.
package forge

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// Identity is somebody as a forge knows them. Exactly one field is set.
type Identity struct {
	Login string `json:"login,omitempty"` // an account of the forge
	Key   string `json:"key,omitempty"`   // an SSH public key, authorized_keys form without comment
}

// Change is a publish request: a pull request, or a publish branch. It is read
// once per pass and not changed.
type Change struct {
	ID     string         // "42", "publish/expense-submit"; unique on the forge
	Title  string         // untrusted text
	URL    string         // where people look at it; empty where there is no such place
	Base   string         // the branch it is for
	Head   catalog.Commit // what is asked for now; present in the mirror after a fetch
	Open   bool           // false once landed or given up
	Landed catalog.Commit // on the base branch; empty unless it landed
	Draft  bool           // its author is not done; judged, but nobody is asked
	Author Identity       // who asked
	Bot    bool           // the author is no person
	// Contributors had a hand in the content: whoever the forge attests as pusher
	// of a commit, and whoever its commits name as author, committer or co-author
	// (who may be forged, and are therefore only ever excluded). A clean merge of
	// the base contributes nobody.
	Contributors []Contributor
	Reviews      []Review // in the order given
	// Given are the ids of all reviews that the forge shows, also of those whose words are
	// no verdict: what else was heard of them is shown by now.
	Given []string
	// Ignored says of what is named like a review of the change, or like a part of it,
	// why it is none. Untrusted text may be quoted in it.
	Ignored []string
}

// Listed is an open change as a list shows it.
type Listed struct {
	ID string
	// Stamp is another one whenever anything may have moved that the forge says of the
	// change: its head, base, draft state or title, its reviews, what was written beside
	// it. It is opaque, and only ever compared with an earlier one of the same change. It
	// is empty where the forge cannot tell yet whether more is on its way; then the change
	// counts as moved.
	Stamp string
}

// Key names what an event of a forge is about, and what is looked at because of it.
type Key string

// The keys that are about no single change.
const (
	KeyAll     Key = ""        // nobody can tell: everything is looked at
	KeyLanding Key = "landing" // the base branch moved
)

// KeyChange is the key of one change.
func KeyChange(id string) Key { return Key("change/" + id) }

// Change is the id of the change that the key is about; ok is false for any other key.
func (k Key) Change() (id string, ok bool) { return strings.CutPrefix(string(k), "change/") }

// Evidence is a payload that says more than the forge will be able to say later: how a
// review was when it was given. Whoever receives it keeps it until the change was read with
// that review in it, and what follows was recorded.
type Evidence struct {
	Change, Review string // their ids
	Payload        []byte
}

// Contributor is a hand in some of a change's content.
type Contributor struct {
	Identity Identity
	Email    string   // as a commit names it, where the forge knows no identity
	Paths    []string // that the commits touch; empty means all
}

// Review is what somebody said of a change.
type Review struct {
	ID  string // the forge's own, never reused
	By  Identity
	Bot bool
	// Review is approve, reject or dismiss.
	Review catalog.Review
	// Commit is the head the forge says it was given for.
	Commit catalog.Commit
	// Digests is what the reviewer wrote they looked at, by subject, where the
	// forge's reviews say so; else nil, and Commit tells.
	Digests map[string]catalog.Digest
	At      time.Time // by the forge's clock
	// Witnessed is set where the stamp cannot have moved since it was given: a
	// signed tag, a payload captured when it arrived, or a timeline without a
	// later movement of the head. A review without it must be given again.
	Witnessed bool
	// Confirms is a digest the reviewer repeated in so many words; empty for most.
	Confirms string
	// Text is what the reviewer wrote. Untrusted.
	Text string
}

// Ability is something not every forge can do.
type Ability string

// The abilities. Each has a conformance suite, run where it is claimed.
const (
	Comment Ability = "comment" // shows a text beside the change, edited in place
	Command Ability = "command" // people can write commands to the daemon
	Queue   Ability = "queue"   // a merge queue stands between approval and landing
	Suggest Ability = "suggest" // one-click corrections at a line
	Draft   Ability = "draft"   // a change can be marked as not ready
	Team    Ability = "team"    // memberships can be asked for
	Ask     Ability = "ask"     // people can be asked for a review
	Status  Ability = "status"  // shows at a commit of the base branch how far it has come
)

// Verdict is what the forge shows for one head of a change.
type Verdict struct {
	State   State
	Title   string        // one line
	Summary string        // Markdown, under 60,000 bytes, safe: see the reconciler's rendering
	Notes   []Note        // at lines of files
	Digests []SubjectSeen // what a review given now would be about
}

// SubjectSeen is a subject of a change and its digest at the head judged.
type SubjectSeen struct {
	Subject string
	Digest  catalog.Digest
}

// Note is a remark at a line.
type Note struct {
	Path    string
	Line    int
	Level   catalog.Level
	Title   string // the rule
	Message string
	// Suggest replaces the line, where the forge can suggest; empty for none.
	Suggest string
}

// State is a verdict in the terms of a merge gate.
type State string

// The states. Only Success lets a merge gate open.
const (
	Pending State = "pending" // approvals are missing
	Success State = "success"
	Failure State = "failure"
	Trouble State = "error" // could not tell
)

// Action is something to be done to a change, or to a commit of the base branch. Exactly one
// of the pointers is set.
type Action struct {
	Change string
	// Head is the head the action is about. If the change has moved on, Do returns
	// ErrStale and does nothing.
	Head catalog.Commit

	Show    *Verdict // the check, and the comment edited in place
	Ask     *Asking  // for reviews
	Mention *Mention // one short comment of its own
	Land    *Landing // merge it
	Propose *Proposal
	Status  *CommitStatus // at Head, which is no change's: Change is empty
}

// CommitStatus is how far a commit of the base branch has come, once it landed.
type CommitStatus struct {
	State   State
	Title   string // one line
	Summary string // Markdown, under 60,000 bytes; empty for nothing more to say
}

// Asking asks people for a review.
type Asking struct{ People []Identity }

// Mention is a short comment, made once per key.
type Mention struct{ Key, Text string }

// Landing merges a change.
type Landing struct {
	Message string // of the merge commit; the forge adds what it needs to find it again
}

// Proposal opens a change that the daemon itself asks for, such as for approving
// held content afterwards. Change is empty; the receipt names it.
type Proposal struct {
	Key   string // the same key finds the same change
	Base  string
	Title string
	Text  string
	Files map[string][]byte // nil content deletes
}

// Receipt is what doing an action really did.
type Receipt struct {
	Done   bool           // false: it was so already, and nothing was written
	ID     string         // of what was made, for Propose the change
	Commit catalog.Commit // of Land: the commit on the base branch
}

// Sentinels.
var (
	// ErrStale reports that the change is no longer what the action was for.
	ErrStale = errors.New("the change has moved on")
	// ErrRefused reports that the forge will not do it, and why, until somebody
	// changes something there: a protected branch, a conflict, a missing right.
	ErrRefused = errors.New("the forge refuses")
	// ErrUnknown reports a change that the forge does not have.
	ErrUnknown = errors.New("the forge has no such change")

	// ErrUnusable reports a change that is there and that nobody can read, such as one of
	// too many commits. The Change that comes with it says no more than what it is called
	// and where its head is.
	ErrUnusable = errors.New("the change cannot be read")
	// ErrFull reports evidence for which there is no room. Its sender has to deliver it again
	// later.
	ErrFull = errors.New("there is no room to keep it; deliver it again later")
	// ErrUnable reports an action the forge has no ability for.
	ErrUnable = errors.New("the forge cannot do this")
)

// Forge is one place where changes live. Methods are safe for concurrent use and
// may block until ctx ends. An error other than the sentinels means "could not
// tell": nothing follows from it.
type Forge interface {
	// Changes lists all open changes for a base branch. A partial list is an error. A
	// stamp is as old as the list or older: what Change says afterwards is at least as new.
	Changes(ctx context.Context, base string) ([]Listed, error)

	// Change returns one change, open or not, with all its facts. ErrUnknown where
	// there is none.
	Change(ctx context.Context, id string) (Change, error)

	// Landed names the change that brought a commit of the base branch's first
	// parents; empty for a direct push.
	Landed(ctx context.Context, commit catalog.Commit) (id string, err error)

	// Pushed lists who had a hand in a commit of the base branch's first parents that no
	// change brought, and in what it brought with it: whoever the forge attests, and
	// whoever commits name. The zero identity with paths stands for somebody of whom
	// nobody can tell who it was.
	Pushed(ctx context.Context, commit catalog.Commit) ([]Contributor, error)

	// Do does one action. Doing it again does nothing more.
	Do(ctx context.Context, action Action) (Receipt, error)

	// Can lists the forge's abilities.
	Can() map[Ability]bool
}
