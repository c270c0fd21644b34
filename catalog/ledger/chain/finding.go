package chain

import (
	"errors"
	"fmt"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/ledger"
)

// Fault is what is wrong with a ledger.
type Fault string

// The faults.
const (
	FaultMissing   Fault = "missing"   // there is no such branch
	FaultGenesis   Fault = "genesis"   // it does not start with the pinned genesis
	FaultWitness   Fault = "witness"   // it does not contain a tip that was seen before
	FaultUnsigned  Fault = "unsigned"  // a commit has no signature, or one that cannot be read
	FaultSignature Fault = "signature" // a signature does not fit what it is on
	FaultKey       Fault = "key"       // an unknown key signed
	FaultRevoked   Fault = "revoked"   // a key signed that was not valid then
	FaultChain     Fault = "chain"     // a merge, a second record, a gap, a changed record
	FaultRecord    Fault = "record"    // a record cannot be read, or says what cannot be
	FaultState     Fault = "state"     // the state is not the fold of the records
	FaultTree      Fault = "tree"      // something else in the tree changed
	FaultClaim     Fault = "claim"     // an effect without a claim
	FaultNotice    Fault = "notice"    // an app was taken down and nobody was told before
	FaultReplay    Fault = "replay"    // a decision is not what its input leads to
	FaultMain      Fault = "main"      // the catalog's branch was rewritten
)

// Finding is one thing that is wrong with a ledger.
type Finding struct {
	Fault   Fault          `json:"fault"`
	Commit  catalog.Commit `json:"commit,omitempty"` // where
	Seq     int64          `json:"seq,omitempty"`    // of the record, as far as known
	Message string         `json:"message"`          // what is wrong, and what it means
}

// Error is the finding as one line.
func (f *Finding) Error() string {
	if f.Commit == "" {
		return f.Message
	}
	return fmt.Sprintf("ledger commit %s: %s", f.Commit.Short(), f.Message)
}

// The errors that callers tell apart with errors.Is, beside those of gitrepo.
var (
	// ErrFrozen reports a write to a ledger that is not to be trusted.
	ErrFrozen = errors.New("the ledger is frozen")

	// ErrExists reports the founding of a ledger that is there already.
	ErrExists = errors.New("the ledger exists already")

	// ErrUnknown reports a push of which nobody can tell whether it landed. Refresh,
	// after a fetch, tells.
	ErrUnknown = errors.New("it is unknown whether the records landed")
)

// wrong reports whether an error is about what the repository holds, and not about
// the reading of it.
func wrong(err error) bool {
	return errors.Is(err, gitrepo.ErrMalformed) || errors.Is(err, gitrepo.ErrNotFound) ||
		errors.Is(err, gitrepo.ErrUnrelated) || errors.Is(err, catalog.ErrTooLarge) || errors.Is(err, ledger.ErrInvalid)
}
