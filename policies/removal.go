package policies

import (
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// KindRemoval is the kind of decisions on a change that takes an app's folder away.
const KindRemoval = "Removal"

// RemovalQuestion is what is to be decided about taking away the folder of an app.
type RemovalQuestion struct {
	Governing *catalog.Snapshot
	Name      string
	Path      string // of the app's file, as it stood
	// App is the app as it was admitted, or as it stood where nothing was; nil where
	// nobody can read it.
	App       *catalog.App
	Content   catalog.Digest // of what is taken away; empty where nobody can read it
	Runs      bool           // it was admitted, and is not down
	Facts     Facts
	Approvals []catalog.Approval
	Now       time.Time
}

// RemovalDigest is what approvals of taking an app away key on.
func RemovalDigest(name string, content catalog.Digest) catalog.Digest {
	digest, err := catalog.HashOf("x1", map[string]any{"remove": name, "content": string(content)})
	if err != nil {
		panic("policies: names are always writable as JSON: " + err.Error()) // unreachable
	}
	return digest
}

// NewRemovalBrief gathers what bears on taking an app's folder away. That belongs to
// the app's team: anybody else needs the owner's approval, or where nobody can read
// whose it is, that of those who keep governance. What runs does not stop by it, so
// that is refused with the way to go.
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
