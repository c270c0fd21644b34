package lifecycle

import (
	"strings"

	"github.com/levee-gitops/levee/catalog/ledger"
)

// TransitionEntry is the record of an app that goes from one stage to another.
func TransitionEntry(app string, m ledger.Transition) ledger.Entry {
	sentence := map[ledger.Stage]string{
		ledger.Active: "goes on", ledger.Expiring: "nears its end", ledger.Due: "is due", ledger.Disabled: "is taken down",
	}[m.To]
	return ledger.Entry{
		Kind: ledger.KindTransition, Subject: app, Body: m,
		Sentence: strings.Join([]string{app, sentence + ":", m.Cause}, " "),
	}
}
