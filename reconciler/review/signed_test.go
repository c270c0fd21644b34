package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/attest/attesttest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestSignedEvidence: a reviewer reads who signed what lies beside an app; an approval does
// not carry evidence that nobody signed in, nor is it voided by signing it again; and
// signers that nobody admitted count for nothing.
func TestSignedEvidence(t *testing.T) {
	t.Parallel()
	ci, other := attesttest.NewP256(t), attesttest.NewP256(t)
	settings := func(key *attesttest.Key) reconcilertest.Files {
		return reconcilertest.Files{"catalog.yaml": reconcilertest.Settings + `  evidence:
    signed: [{kinds: [tests]}]
    signers:
      ci:
        kinds: [tests]
        key: |
          ` + strings.ReplaceAll(strings.TrimSpace(key.PEM()), "\n", "\n          ") + "\n"}
	}
	tests := func(key *attesttest.Key, app string, passed string) reconcilertest.Files {
		statement := attesttest.Statement(t, attesttest.TestResult, `{"result":"PASSED","passedTests":[`+passed+`]}`, attesttest.About(app, strings.Repeat("0a", 32)))
		return reconcilertest.Files{"apps/ops/board/evidence/tests.dsse.json": string(key.Envelope(statement))}
	}
	medium := reconcilertest.Medium("1.1.0")
	change := func(evidence reconcilertest.Files) reconcilertest.Files {
		files := reconcilertest.BoardFile("board", medium...)
		for p, content := range evidence {
			files[p] = content
		}
		return files
	}
	w := reconcilertest.Empty(t)
	w.FoundWith(settings(ci), reconcilertest.BoardFile("board"))
	w.Pass()

	w.Publish("ana", "x", change(tests(ci, "board@1.1.0", `"a"`)))
	w.Pass()
	w.WantTold("change publish/x: pending")
	w.WantPreview("x", "1 test passed; all signed, by `ci`")
	w.Approve("ben", "x")

	for name, evidence := range map[string]reconcilertest.Files{
		"by somebody else": tests(other, "board@1.1.0", `"a","b"`),
		"of another app":   tests(ci, "desk@1.1.0", `"a","b"`),
	} {
		w.Publish("ana", "x", change(evidence))
		w.Pass()
		w.WantTold("change publish/x: failure")
		w.WantPreview("x", "1 file that must be signed and is not", "counts only if it is signed by `ci`")
		w.Pass()
		if text := w.Remote.Git("log", "--format=%s", "main"); strings.Contains(text, "publish/x") {
			t.Fatalf("%s: it landed:\n%s", name, text)
		}
	}
	w.Publish("ana", "x", change(tests(ci, "board@1.1.0", `"a","b","c"`)))
	w.Pass()
	w.WantTold("landed as")
	w.Pass()
	w.WantHeld("board", "")

	w.Push(settings(other))
	w.Pass()
	w.Pass()
	w.WantHeld("board", "")
	w.Publish("ana", "y", tests(other, "board@1.1.0", `"a"`))
	w.Pass()
	w.WantTold("change publish/y: failure")
	w.WantAudit()
}
