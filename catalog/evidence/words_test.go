package evidence

import (
	"testing"
	"time"
)

// TestWords: what a file says in a line, and what all say together.
func TestWords(t *testing.T) {
	zone := time.FixedZone("", 3*60*60)
	late := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	list := Summary{Name: "sbom.cdx.json", Kind: Parts, Format: cycloneDX, Version: "1.6", Tool: "syft@1.2", Made: late, Parts: 4, Licences: []Licence{{"MIT", 2}, {"ISC", 1}}, Unlicensed: 1}
	scan := Summary{Name: "sast.sarif", Kind: Findings, Format: sarif, Version: "2.1.0", Scanned: true, Made: late.AddDate(0, 0, -1), Open: map[string]int{"low": 1, "critical": 2, "unknown": 1, "none": 1}, Answered: 3}
	clean := Summary{Kind: Findings, Format: sarif, Scanned: true}
	tests := Summary{Kind: Tests, Format: junit, Passed: 1, Failed: 2, Skipped: 3}
	half := Summary{Kind: Coverage, Format: lcov, Covered: 1, Code: 2}
	signed := Summary{Kind: Tests, Format: junit, Passed: 1, Signers: []string{"x", "ci"}}
	bad := Summary{Name: "x", Trouble: "It is empty."}
	for _, c := range []struct{ got, want string }{
		{list.Words(zone), "CycloneDX 1.6 by syft@1.2 of 2026-11-21: 4 parts under 2 licences; 1 part without one"},
		{scan.Words(zone), "SARIF 2.1.0 of 2026-11-20: open: 2 critical, 1 of unknown severity, 1 low, 1 without severity (3 answered)"},
		{clean.Words(zone), "SARIF: nothing found that is open"},
		{tests.Words(zone), "JUnit: 1 test passed, 2 failed, 3 skipped"},
		{half.Words(zone), "LCOV: 50 per cent of the code run by tests"},
		{Summary{Kind: Answering, Format: openVEX, Answers: make([]Answer, 2)}.Words(zone), "OpenVEX: answers about 2 vulnerabilities"},
		{Summary{Kind: Parts, Format: spdx, Parts: 2, Unlicensed: 2}.Words(zone), "SPDX: 2 parts without a licence"},
		{Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "b", Source: "https://a", Signers: []string{"ci", "x"}, Identity: "w"}.Words(zone), "SLSA provenance v1: built by b; from https://a; signed by ci, x (w)"},
		{Summary{Kind: Provenance, Format: slsaProvenance, Builder: "b"}.Words(zone), "SLSA provenance: built by b; from a source that it does not name"},
		{Summary{Kind: Signing, Format: "sigstore bundle", About: []string{"sha256:1"}, Signers: []string{"ci"}}.Words(zone), "sigstore bundle: of sha256:1; signed by ci"},
		{Summary{Kind: Signing, Format: "sigstore bundle"}.Words(zone), "sigstore bundle: of another file beside it"},
		{list.Counting("It is not signed.", "Sign it.").Words(zone), "does not count. It is not signed."},
		{Overview([]Summary{signed, signed}, zone), "2 tests passed; all signed, by `ci`, `x`"},
		{Overview([]Summary{signed, clean, {Kind: Signing}}, zone), "nothing found that is open; 1 test passed; 1 of 2 files signed, by `ci`, `x`"},
		{Overview([]Summary{list.Counting("It is not signed.", ""), clean}, zone), "nothing found that is open; 1 file that must be signed and is not, or not by whom it must"},
		{bad.Words(zone), "says nothing. It is empty."},
		{Overview(nil, zone), ""},
		{Overview([]Summary{list, list, scan, clean, tests, half, bad}, zone), "4 parts under 2 licences; open: 2 critical, 1 of unknown severity, 1 low, 1 without severity (3 answered); oldest scan of 2026-11-20; 1 test passed, 2 failed, 3 skipped; 50 per cent of the code run by tests; 1 file that cannot be read"},
		{Overview([]Summary{bad, bad}, zone), "2 files that cannot be read"},
	} {
		if c.got != c.want {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
}

// TestUnmet: what no file shows is named, with the command of the app's language.
func TestUnmet(t *testing.T) {
	wants := append(ScansWanted([]string{"sast", "house-style"}), SourceWanted("Python:3.13")...)
	files := []Summary{{Name: "sast.sarif", Scanned: true}, {Name: "house-style.sarif", Trouble: "It is empty."}, {Name: "junit.xml", Kind: Tests, Failed: 1}, {Name: "sbom.cdx.json", Kind: Parts}}
	var got []string
	for _, w := range Unmet(wants, files) {
		got = append(got, w.File+": "+w.Command)
	}
	want := []string{
		"evidence/house-style.sarif: ",
		"evidence/sbom.cdx.json: syft dir:. -o cyclonedx-json=evidence/sbom.cdx.json",
		"evidence/junit.xml: pytest --junitxml=evidence/junit.xml",
		"evidence/cobertura.xml: pytest --cov --cov-report=xml:evidence/cobertura.xml",
	}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
	files = []Summary{{Name: "sast.2.sarif", Scanned: true}, {Name: "house-style.json", Scanned: true}, {Passed: 1}, {Parts: 1}, {Code: 1}}
	if left := Unmet(wants, files); len(left) > 0 {
		t.Errorf("still asked for: %+v", left)
	}
	if w := SourceWanted("cobol")[2]; w.Command != "" || w.File != "evidence/cobertura.xml" {
		t.Errorf("a language that is not known: %+v", w)
	}
}
