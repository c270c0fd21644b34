package policies

import (
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// KindRemoval is the kind of decisions on a change that removes an app's folder.
const KindRemoval = "Removal"

// RemovalQuestion is what is to be decided about removing the folder of an app.
type RemovalQuestion struct {
	Governing *catalog.Snapshot
	Name      string
	Path      string // of the app's file before the change
	// App is the app as it was admitted, or else as it was before the change; nil if it is
	// invalid.
	App       *catalog.App
	Content   catalog.Digest // of the removed app; empty if it is invalid
	Runs      bool           // it was admitted and is not disabled
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time
}

// RemovalDigest is the digest on which approvals of removing an app key.
func RemovalDigest(name string, content catalog.Digest) catalog.Digest {
	digest, err := catalog.HashOf("x1", map[string]any{"remove": name, "content": string(content)})
	if err != nil {
		panic("policies: names are always writable as JSON: " + err.Error()) // unreachable
	}
	return digest
}

// NewRemovalBrief makes the brief for removing an app's folder. Contributors who are not in
// the app's team need the owner's approval; for an invalid app, whose owner is not known,
// that of the governance owners. Removing the folder does not stop a running app, so for
// one that runs it is a problem, whose remedy is to retire the app.
func NewRemovalBrief(q RemovalQuestion, rules *RuleSet) Brief {
	roles := q.Governing.Roles()
	b := Brief{
		Kind: KindRemoval, Subject: q.Name, Path: q.Path, Policy: rules.Digest(), Digest: RemovalDigest(q.Name, q.Content),
		Facts: q.Facts, Reviews: q.Approvals, Now: q.Now.UTC(),
	}
	if q.Runs {
		b.Facts.Problems = append(b.Facts.Problems[:len(b.Facts.Problems):len(b.Facts.Problems)], catalog.Problem{
			Rule: removesRunning, Level: catalog.Deny, Path: q.Path, Controls: []string{},
			Message: fmt.Sprintf("The app `%s` still runs, and goes on running when its folder is gone.", q.Name),
			Remedy:  "Put the folder back, and write `stage: retired` under `lifecycle` in its file instead. Once the app is down, its folder can be taken away.",
		})
	}
	if q.App == nil {
		b.Holders = holders(roles, "")
		for _, role := range rules.Settings().GovernanceOwners(q.Path) {
			b.Required = append(b.Required, Requirement{Role: string(role), Count: 1, Reason: "takes away an app of which nobody can tell whose it is"})
		}
		return b
	}
	owner := q.App.Spec.Owner
	b.Owners, b.Holders = owners(owner), holdersFor(roles, owner)
	b.askOwner(roles, owner, contributors(q.Facts.Change), "takes it away")
	return b
}

func contributors(change *ChangeFacts) []catalog.Name {
	if change == nil {
		return nil
	}
	return change.Contributors
}
