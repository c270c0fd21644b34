package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/catalog/ledger"
	"github.com/levee-gitops/levee/catalog/ledger/chain"
)

// TestAuditAcrossReleases: what an earlier release decided, by rules whose digest
// nobody can make again, is decided by those that governed then as they stand today. It
// is said where that leads to another verdict; the ledger is sound all the same.
func TestAuditAcrossReleases(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	w.push(map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.wantAudit()

	s := w.daemon()
	view, err := s.Ledger.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	records, err := view.Records(t.Context(), ledger.KindDecision, "board")
	if err != nil || len(records) == 0 {
		t.Fatal(err, records)
	}
	body, err := records[len(records)-1].Read()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sshkey.LoadSigner(w.keys["daemon"].File, nil)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := s.Config.Trust()
	if err != nil {
		t.Fatal(err)
	}
	before, err := chain.Open(s.Repo, chain.Options{Trust: trust, Signer: signer, Engine: "levee 0.1, opa 0.9, library l1:0"})
	if err != nil {
		t.Fatal(err)
	}
	record := func(verdict ledger.Verdict) {
		t.Helper()
		d := body.(ledger.Decision)
		old := func(raw json.RawMessage) json.RawMessage {
			raw = bytes.ReplaceAll(raw, []byte(d.Policy), []byte("sha256:of-an-older-library"))
			return bytes.ReplaceAll(raw, []byte(`"verdict":"`+d.Verdict+`"`), []byte(`"verdict":"`+verdict+`"`))
		}
		d.Brief, d.Decision = old(d.Brief), old(d.Decision)
		d.Policy, d.Verdict = catalog.Digest("sha256:of-an-older-library"), verdict
		view, err := before.Refresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		draft := before.Draft(view)
		if _, err := draft.Write(t.Context(), w.clock.Add(time.Minute), ledger.Entry{Kind: ledger.KindDecision, Subject: "board", Body: d, Sentence: "Decide"}); err != nil {
			t.Fatal(err)
		}
		if _, err := draft.Push(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	record("needs-approval")
	w.must("audit", "verify")
	w.wantSaid("15 records verified, 4 decisions made again, nothing found")
	if strings.Contains(w.out.String(), "differ") {
		t.Errorf("the same verdict is no difference:\n%s", &w.out)
	}
	record("deny")
	w.must("audit", "verify")
	w.wantSaid(`record 16: board: denied when "levee 0.1, opa 0.9, library l1:0" decided it, needs approval today; the decisions differ in policy, verdict`, "nothing found")
}
