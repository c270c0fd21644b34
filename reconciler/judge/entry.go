package judge

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
)

// DecisionEntry is the record of a decision.
func DecisionEntry(d policies.Decision, brief policies.Brief, change string, commit catalog.Commit, environment string) ledger.Entry {
	rawBrief, briefErr := catalog.Canonical(brief)
	rawDecision, err := catalog.Canonical(d)
	if briefErr != nil || err != nil {
		panic("reconciler: briefs and decisions are always writable as JSON") // unreachable
	}
	body := ledger.Decision{
		Change: change, Commit: commit, Environment: environment, Verdict: ledger.Verdict(d.Verdict), Digest: d.Digest, Policy: d.Policy,
		Brief: json.RawMessage(rawBrief), Decision: json.RawMessage(rawDecision), Outcome: OutcomeOf(d),
	}
	if environment != "" {
		if d.Running != nil {
			body.Denied = d.Running.Rules
		}
	}
	where := "on the catalog's branch"
	trailers := []ledger.Trailer{{Key: "Digest", Value: string(d.Digest)}, {Key: "Decision", Value: string(d.Verdict)}}
	switch {
	case environment != "":
		where = "in " + environment
	case change != "":
		where = "in change " + change
		trailers = append(trailers, ledger.Trailer{Key: "Change", Value: change})
	}
	return ledger.Entry{
		Kind: ledger.KindDecision, Subject: d.Subject, Body: body, Trailers: trailers,
		Sentence: fmt.Sprintf("Decide %s on %s %s: %s", where, d.Subject, d.Digest.Short(), d.Verdict),
	}
}

func AdmissionEntry(doc *catalog.Document, a ledger.Admission) ledger.Entry {
	sentence := fmt.Sprintf("Admit %s %s to %s", doc.Name, a.Digest.Short(), a.Environment)
	if a.Cause != "" {
		sentence += " (" + string(a.Cause) + ")"
	}
	return ledger.Entry{
		Kind: ledger.KindAdmission, Subject: doc.Name, Body: a, Sentence: sentence,
		Trailers: []ledger.Trailer{{Key: "Digest", Value: string(a.Digest)}},
	}
}

// KeepFolder says where in the ledger's tree the files of an admission lie.
func KeepFolder(e ledger.Entry, folder catalog.Entry) []catalog.Entry {
	if folder.ID == "" {
		return nil
	}
	a := e.Body.(ledger.Admission)
	folder.Path = chain.AdmittedPath(a.Environment, e.Subject)
	return []catalog.Entry{folder}
}

// OutcomeOf names what a decision says without the moment it was reached.
func OutcomeOf(d policies.Decision) catalog.Digest {
	d.Until = time.Time{}
	digest, err := catalog.HashOf("v1", d)
	if err != nil {
		panic("reconciler: decisions are always writable as JSON") // unreachable
	}
	return digest
}
