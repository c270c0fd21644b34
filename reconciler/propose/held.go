package propose

import (
	"fmt"
	"path"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/judge"
)

// notesFolder is where the note of a change lies that asks for governance which landed
// already.
const notesFolder = "landed"

func heldEffect(held catalog.Digest) ledger.Effect { return ledger.NewEffect("propose", string(held)) }

// Held is the change to a branch that asks for approval of what is held of a subject and
// lacks nothing but approvals; ok is false where there is nothing to approve. It touches
// nothing but a note beside the app, so that approving it approves what landed. It follows
// from what is held and not from the landing: whoever first claimed to open it may have
// died, or found the forge away.
func Held(j *judge.Judge, state ledger.App, branch string) (p Proposal, ok bool) {
	held := state.Held
	if held == nil || policies.Verdict(held.Verdict) != policies.NeedsApproval {
		return Proposal{}, false
	}
	file := path.Join(notesFolder, "landed-"+held.Digest.Short()+".md")
	if state.Name != catalog.Governance {
		doc := j.Environments().DocumentOf(j.Main, state, state.Name)
		if doc == nil || doc.Digest() != held.Digest {
			return Proposal{}, false // it is gone from the branch
		}
		file = path.Join(path.Dir(doc.Path), "evidence", path.Base(file))
	}
	what := state.Name + " " + held.Digest.Short()
	note := fmt.Sprintf("Content %s of %s landed without the approvals it needs.\nApproving this change approves it afterwards.\n", held.Digest, state.Name)
	return Proposal{
		Subject: state.Name, Effect: heldEffect(held.Digest), Sentence: "Ask for approval of " + what + ", which is held",
		Change: forge.Proposal{
			Key: "held-" + state.Name + "-" + held.Digest.Short(), Base: branch,
			Title: "Approve " + what + ", which landed already", Text: note,
			Files: map[string][]byte{file: []byte(note)},
		},
	}, true
}

// OnlyNote reports whether what differs between two snapshots brings nothing to governance
// but the note of such a change.
func OnlyNote(from, to *catalog.Snapshot) bool {
	before, after := from.GovernanceObjects(), to.GovernanceObjects()
	for p := range before {
		if after[p] != before[p] {
			return false
		}
	}
	for p := range after {
		if before[p] == "" && path.Dir(p) != notesFolder {
			return false
		}
	}
	return true
}
