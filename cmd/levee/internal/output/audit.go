package output

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/ledger/chain"
	"github.com/levee-gitops/levee/policies"
)

// Audit says what a verification of the ledger found, and what it was held against.
func Audit(w io.Writer, r chain.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%s: %s\n", f.Fault, f.Error())
	}
	for _, o := range r.Otherwise {
		fmt.Fprintf(w, "record %d: %s: %s when %q decided it, %s today; the decisions differ in %s\n",
			o.Seq, o.Subject, Verdicts[policies.Verdict(o.Verdict)], o.Engine, Verdicts[policies.Verdict(o.Today)], strings.Join(o.Fields, ", "))
	}
	for _, open := range r.Open {
		fmt.Fprintf(w, "under way: %s of %s by %s until %s UTC\n", open.Effect, open.Subject, open.Holder, Minute(open.Until, time.UTC))
	}
	fmt.Fprintf(w, "verified against %s\n", heldAgainst(r.Witnesses))
	verdict := "nothing found"
	if n := len(r.Findings); n > 0 {
		verdict = Plural(n, "finding")
	}
	fmt.Fprintf(w, "%s verified, %s made again, %s\n", Plural(r.Records, "record"), Plural(r.Decisions, "decision"), verdict)
}

// heldAgainst says who remembers which record.
func heldAgainst(list []chain.Witness) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = fmt.Sprintf("%s (record %d)", w.Where, w.Seq)
		if w.Seq == 0 {
			words[i] = fmt.Sprintf("%s (%s, which the ledger does not contain)", w.Where, w.Tip.Short())
		}
	}
	return cmp.Or(strings.Join(words, ", "), "NOTHING that remembers its newest record")
}
