package evidence

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	subjectSum = strings.Repeat("0a", 32)
	bundleHead = `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"k"}},`
)

// stated is a statement of a type about one thing.
func stated(of, predicate string) string {
	return fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"board@1.0.0","digest":{"sha256":%q,"sha512":"ff"}}],"predicateType":%q,"predicate":%s}`, subjectSum, of, predicate)
}

// enveloped is a DSSE envelope around a statement.
func enveloped(statement string) string {
	return fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":[{"keyid":"k","sig":"c2ln"}]}`, base64.StdEncoding.EncodeToString([]byte(statement)))
}

// bundled is the same in a sigstore bundle.
func bundled(statement string) string {
	return bundleHead + `"dsseEnvelope":` + enveloped(statement) + `}`
}

const someParts = `{"bomFormat":"CycloneDX","components":[{"name":"a","version":"1"},{"name":"b","version":"1"}]}`

// TestStatements: what is signed counts as if it were the file, whatever the envelope, and is
// about what the statement is about.
func TestStatements(t *testing.T) {
	noon := time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)
	scan := run(`"tool":{"driver":{"name":"lint"}},"results":[]`)
	about := []string{"board@1.0.0"}
	for name, c := range map[string]struct {
		of, predicate string
		want          Summary
	}{
		"parts":              {"https://cyclonedx.org/bom", someParts, Summary{Kind: Parts, Format: cycloneDX, Parts: 2, Unlicensed: 2}},
		"parts of a version": {"https://cyclonedx.org/bom/v1.6", someParts, Summary{Kind: Parts, Format: cycloneDX, Parts: 2, Unlicensed: 2}},
		"SPDX":               {"https://spdx.dev/Document/v2.3", `{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"}]}`, Summary{Kind: Parts, Format: spdx, Version: "2.3", Parts: 1, Unlicensed: 1}},
		"SPDX as a text":     {"https://spdx.dev/Document", `"SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: b\n"`, Summary{Kind: Parts, Format: spdx, Version: "2.3", Parts: 1, Unlicensed: 1}},
		"a scan":             {"https://json.schemastore.org/sarif-2.1.0.json", scan, Summary{Kind: Findings, Format: sarif, Version: "2.1.0", Tool: "lint", Scanned: true, Open: map[string]int{}}},
		"a scanner's report": {"https://cosign.sigstore.dev/attestation/vuln/v1", `{"scanner":{"result":` + scan + `},"metadata":{"scanFinishedOn":"2026-03-09T10:00:00Z"}}`, Summary{Kind: Findings, Format: sarif, Version: "2.1.0", Tool: "lint", Made: noon, Scanned: true, Open: map[string]int{}}},
		"vulnerabilities": {
			"https://in-toto.io/attestation/vulns/v0.1", `{"scanner":{"uri":"grype","version":"1","result":[{"id":"CVE-1","severity":[{"method":"nvd","score":"5.0"},{"method":"x","score":"9.8"}]},{"id":"CVE-2","severity":[{"score":"Moderate"}]},{"id":"CVE-3"}]},"metadata":{"scanFinishedOn":"2026-03-09T10:00:00Z"}}`,
			Summary{
				Kind: Findings, Format: inTotoVulns, Tool: "grype@1", Made: noon, Scanned: true, Open: map[string]int{"critical": 1, "medium": 1, "unknown": 1},
				Vulnerabilities: []Vulnerability{{ID: "CVE-1", Severity: "critical", Score: 9.8, State: open}, {ID: "CVE-3", Severity: "unknown", State: open}, {ID: "CVE-2", Severity: "medium", State: open}},
			},
		},
		"no vulnerability": {"https://in-toto.io/attestation/vulns/v0.2", `{"scanner":{"result":[]}}`, Summary{Kind: Findings, Format: inTotoVulns, Scanned: true, Open: map[string]int{}}},
		"tests":            {"https://in-toto.io/attestation/test-result/v0.1", `{"result":"WARNED","passedTests":["a","b"],"warnedTests":["c"]}`, Summary{Kind: Tests, Format: inTotoTests, Passed: 3}},
		"failed tests":     {"https://in-toto.io/attestation/test-result/v0.1", `{"result":"FAILED","passedTests":["a"]}`, Summary{Kind: Tests, Format: inTotoTests, Passed: 1, Failed: 1}},
		"any file":         {"https://cosign.sigstore.dev/attestation/v1", `{"Data":"<testsuite><testcase name=\"a\"/></testsuite>"}`, Summary{Kind: Tests, Format: junit, Passed: 1}},
		"answers":          {"https://openvex.dev/ns/v0.2.0", `{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-1"},"status":"fixed"}]}`, Summary{Kind: Answering, Format: openVEX, Answers: []Answer{{ID: "CVE-1", State: "fixed"}}}},
		"an image":         {"https://sigstore.dev/cosign/sign/v1", `{}`, Summary{Kind: Signing, Format: cosignSignature}},
		"a build on GitHub": {
			"https://slsa.dev/provenance/v1", `{"buildDefinition":{"externalParameters":{"workflow":{"repository":"https://github.com/acme/rooms","ref":"refs/heads/main"}},"resolvedDependencies":[{"uri":"git+https://github.com/other/x"}]},"runDetails":{"builder":{"id":"https://github.com/actions/runner"},"metadata":{"finishedOn":"2026-03-09T10:00:00Z"}}}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "https://github.com/actions/runner", Source: "https://github.com/acme/rooms", Made: noon},
		},
		"a build from a source": {
			"https://slsa.dev/provenance/v1", `{"buildDefinition":{"externalParameters":{"source":{"uri":"git+https://GitHub.com/acme/rooms.git@refs/tags/v1"}}},"runDetails":{"builder":{"id":"b"}}}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "b", Source: "https://github.com/acme/rooms"},
		},
		"a build from a text": {
			"https://slsa.dev/provenance/v1", `{"buildDefinition":{"externalParameters":{"source":"https://git.example.com/rooms"}},"runDetails":{"builder":{"id":"b"}}}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "b", Source: "https://git.example.com/rooms"},
		},
		"a build from what it read": {
			"https://slsa.dev/provenance/v1", `{"buildDefinition":{"resolvedDependencies":[{"uri":"pkg:docker/base"},{"uri":"git+https://git.example.com/rooms@refs/heads/main"},{"uri":"git+https://git.example.com/rooms@refs/heads/other"}]},"runDetails":{"builder":{"id":"b"}}}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "b", Source: "https://git.example.com/rooms"},
		},
		"a build from several": {
			"https://slsa.dev/provenance/v1", `{"buildDefinition":{"resolvedDependencies":[{"uri":"git+https://git.example.com/rooms"},{"uri":"git+https://git.example.com/other"}]},"runDetails":{"builder":{"id":"b"}}}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v1", Builder: "b"},
		},
		"an older build": {
			"https://slsa.dev/provenance/v0.2", `{"builder":{"id":"b"},"invocation":{"configSource":{"uri":"git+https://github.com/acme/rooms@refs/heads/main"}},"metadata":{"buildFinishedOn":"2026-03-09T10:00:00Z"},"materials":[{"uri":"git+https://github.com/other/x"}]}`,
			Summary{Kind: Provenance, Format: slsaProvenance, Version: "v0.2", Builder: "b", Source: "https://github.com/acme/rooms", Made: noon},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Name, c.want.About = "x.json", about
			for form, src := range map[string]string{"envelope": enveloped(stated(c.of, c.predicate)), "bundle": bundled(stated(c.of, c.predicate))} {
				items := ReadAll("x.json", []byte(src))
				if len(items) != 1 || !reflect.DeepEqual(items[0].Summary, c.want) {
					t.Fatalf("%s: %+v, want %+v", form, items, c.want)
				}
				s := items[0].Signed
				if s == nil || !slices.Equal(s.Subjects, []string{"sha256:" + subjectSum}) || string(s.Payload()) != stated(c.of, c.predicate) || (s.Bundle != nil) != (form == "bundle") {
					t.Errorf("%s: it is verified with %+v", form, s)
				}
			}
		})
	}
}

// TestSignedTrouble: what is signed and says nothing says why, and vouches for nothing.
func TestSignedTrouble(t *testing.T) {
	const bom = "https://cyclonedx.org/bom"
	large := strings.Repeat(" ", maxPayload)
	many := strings.Repeat(`{"name":"a","digest":{"sha256":"`+subjectSum+`"}},`, maxSigned+1)
	for _, c := range []struct{ name, src, trouble string }{
		{"x.json", enveloped("{"), "It is cut off: its end is missing."},
		{"x.json", enveloped("[]"), "It is no in-toto statement: its content is not well formed."},
		{"x.json", strings.Replace(enveloped("{}"), `"payload":"`, `"payload":"*`, 1), "It is no DSSE envelope: its content is not well formed."},
		{"x.json", strings.Replace(enveloped("{}"), "in-toto+json", "other", 1), "It signs `application/vnd.other`, which is not read here; `application/vnd.in-toto+json` is."},
		{"x.json", strings.Replace(enveloped(stated(bom, someParts)), `[{"keyid":"k","sig":"c2ln"}]`, "[]", 1), "It has no signature, or more than 4."},
		{"x.json", strings.Replace(enveloped(stated(bom, someParts)), `[{`, "["+strings.Repeat(`{"sig":"c2ln"},`, 4)+"{", 1), "It has no signature, or more than 4."},
		{"x.json", strings.Replace(enveloped(stated(bom, someParts)), "c2ln", strings.Repeat("c2ln", 1000), 1), "A signature in it is longer than any that is verified here."},
		{"x.json", enveloped(stated(bom, someParts) + large), "What it signs is larger than 2 MiB. Keep that as a file of its own, and sign its checksum."},
		{"x.json", enveloped(strings.Repeat(`{"a":`, maxDepth+1)), "What it signs has more than 64 values within one another."},
		{"x.json", enveloped(strings.Replace(stated(bom, someParts), "Statement/v1", "Statement/v2", 1)), "What it signs is no in-toto statement of version 1 or 0.1."},
		{"x.json", enveloped(stated("https://example.com/x", "{}")), "It states `https://example.com/x`, which is not read here; lists of parts, scans, tests and provenance are."},
		{"x.json", enveloped(stated("https://cyclonedx.org/bomb", someParts)), "It states `https://cyclonedx.org/bomb`, which is not read here; lists of parts, scans, tests and provenance are."},
		{"x.json", enveloped(stated("https://spdx.dev/Document", someParts)), "The type of its statement says SPDX, but it is CycloneDX."},
		{"x.json", enveloped(stated(bom, "{}")), "It has no format that is read here; these are " + formatsRead + "."},
		{"x.json", enveloped(stated(bom, enveloped(stated(bom, someParts)))), "It has no format that is read here; these are " + formatsRead + "."},
		{"x.json", enveloped(strings.Replace(stated(bom, someParts), `"subject":[`, `"subject":[],"x":[`, 1)), "It does not say what it is about."},
		{"x.json", enveloped(strings.Replace(stated(bom, someParts), `"subject":[`, `"subject":[`+many, 1)), "It is about more than 64 things."},
		{"x.json", enveloped(stated("https://cosign.sigstore.dev/attestation/vuln/v1", `{"scanner":{"result":{"Results":[]}}}`)), statedWithResult},
		{"x.json", enveloped(stated("https://in-toto.io/attestation/vulns/v0.1", `{"scanner":{}}`)), "It holds no list of results, so the scan looked for nothing."},
		{"x.json", enveloped(stated("https://in-toto.io/attestation/vulns/v0.1", `{"scanner":{"result":null}}`)), "It holds no list of results, so the scan looked for nothing."},
		{"x.json", enveloped(stated("https://in-toto.io/attestation/test-result/v0.1", `{"passedTests":["a"]}`)), "It does not say whether the tests passed."},
		{"x.json", enveloped(stated("https://in-toto.io/attestation/test-result/v0.1", `{"result":"PASSED"}`)), "It names no test."},
		{"x.json", enveloped(stated("https://slsa.dev/provenance/v1", `{}`)), "It does not say what built it."},
		{"x.json", enveloped(stated("https://slsa.dev/provenance/v1", `{"runDetails":{"builder":{"id":"`+strings.Repeat("x", maxAddress+1)+`"}}}`)), "It does not say what built it."},
		{"x.json", enveloped(stated("https://slsa.dev/provenance/v0.2", `{"builder":{"id":"a b"}}`)), "It does not say what built it."},
		{"x.json", bundleHead + `"x":1}`, "It holds no signature, or more than one."},
		{"x.json", strings.TrimSuffix(bundled(stated(bom, someParts)), "}") + `,"messageSignature":{}}`, "It holds no signature, or more than one."},
		{"x.json", bundleHead + `"messageSignature":{"messageDigest":{"algorithm":"SHA2_512","digest":"YQ=="}}}`, "It signs another checksum than one of SHA-256."},
		{"x.json", bundleHead + `"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"YQ=="}}}`, "It signs another checksum than one of SHA-256."},
		{"x.json", strings.Replace(bundled(stated(bom, someParts)), `"k"}`, `"`+strings.Repeat("k", maxKept)+`"}`, 1), "It takes more than 256 KiB to be verified. Keep what it signs as a file of its own, and sign its checksum."},
		{"x.jsonl", "\n \n", "It is empty."},
		{"x.jsonl", strings.Repeat(enveloped(stated(bom, someParts))+"\n", maxLines+1), "It has more than 16 lines."},
	} {
		items := ReadAll(c.name, []byte(c.src))
		if len(items) != 1 || items[0].Trouble != c.trouble || items[0].Signed != nil || items[0].Kind != "" {
			t.Errorf("%.80q: %+v, want trouble %q", c.src, items, c.trouble)
		}
	}
}

// TestLines: each line of a file is read by itself, and one that says nothing takes nothing
// from the others.
func TestLines(t *testing.T) {
	const bom = "https://cyclonedx.org/bom"
	src := strings.Join([]string{enveloped(stated(bom, someParts)), "", "{", bundled(stated("https://sigstore.dev/cosign/sign/v1", "{}")), someParts}, "\n")
	var got []string
	for _, i := range ReadAll("all.intoto.jsonl", []byte(src)) {
		got = append(got, fmt.Sprint(i.Name, " ", i.Kind, " ", i.Signed != nil))
	}
	want := []string{"all.intoto.jsonl parts true", "all.intoto.jsonl  false", "all.intoto.jsonl signature true", "all.intoto.jsonl parts false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ReadAll("sbom.cdx.json", []byte(enveloped(stated("https://sigstore.dev/cosign/sign/v1", "{}"))))[0]; got.Trouble != "" || got.Signed == nil {
		t.Errorf("a signature that is called like what it signs: %+v", got)
	}
	urls := strings.NewReplacer("+", "-", "/", "_").Replace(base64.StdEncoding.EncodeToString([]byte(stated(bom, someParts))))
	if got := ReadAll("x.json", []byte(fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":[{"sig":"c2ln"}]}`, urls)))[0]; got.Parts != 2 {
		t.Errorf("base64 for addresses: %+v", got)
	}
	blob := ReadAll("x.json", []byte(bundleHead+`"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"`+base64.StdEncoding.EncodeToString(make([]byte, 32))+`"},"signature":"c2ln"}}`))[0]
	if blob.Kind != Signing || !blob.Signed.IsAbout("sha256:"+strings.Repeat("0", 64)) || blob.Signed.Payload() != nil {
		t.Errorf("the signature of something elsewhere: %+v", blob)
	}
}

// TestBuild: evidence is about a build if it names the image, or the app with its version
// where there is none.
func TestBuild(t *testing.T) {
	sum := "sha256:" + subjectSum
	image := Build{App: "board", Version: "1.0.0", Image: "registry.example.com/board@" + sum}
	none, tagged := Build{App: "board", Version: "1.0.0"}, Build{App: "board", Version: "1.0.0", Image: "board:1"}
	for _, c := range []struct {
		b    Build
		name string
		is   bool
	}{
		{image, sum, true},
		{image, "elsewhere/board@" + sum, true},
		{image, "x" + sum, false},
		{image, "board@1.0.0", false},
		{image, "sha256:" + strings.Repeat("0b", 32), false},
		{none, "board@1.0.0", true},
		{none, "pkg:generic/board@1.0.0", true},
		{none, "other-board@1.0.0", false},
		{none, "board@1.0.01", false},
		{none, sum, false},
		{tagged, "board@1.0.0", true},
		{Build{App: "a", Version: "1", Image: "a@sha256:0a"}, "sha256:0a", false},
	} {
		if got := c.b.IsAbout([]string{"x", c.name}); got != c.is {
			t.Errorf("%q is about %+v: %v", c.name, c.b, got)
		}
	}
	for want, s := range map[string]Summary{
		"cyclonedx": {Name: "a.json", Format: cycloneDX}, "custom": {Name: "a.xml", Format: cycloneDX}, "spdxjson": {Name: "a.json", Format: spdx},
		"spdx": {Name: "a.spdx", Format: spdx}, "openvex": {Name: "a.json", Format: openVEX}, "https://json.schemastore.org/sarif-2.1.0.json": {Name: "a.sarif", Format: sarif},
		"slsaprovenance02": {Name: "a", Format: slsaProvenance, Version: "v0.2"}, "slsaprovenance1": {Name: "a", Format: slsaProvenance, Version: "v1"},
	} {
		if got := none.SignCommand(Item{Summary: s}, true); got != "cosign attest-blob --predicate evidence/"+s.Name+" --type "+want+" --bundle evidence/"+s.Name+".sigstore.json --key cosign.key board@1.0.0" {
			t.Errorf("%+v is signed by %s", s, got)
		}
	}
	if got := none.SignCommand(Item{Summary: Summary{Name: "a.dsse.json", Format: sarif}, Signed: &Signed{}}, true); !strings.Contains(got, " --predicate FILE --type https://json.schemastore.org/sarif-2.1.0.json --bundle evidence/a.dsse.json.sigstore.json ") {
		t.Errorf("what is in an envelope is signed by %s", got)
	}
	if got := image.SignCommand(Item{Summary: Summary{Name: "p.json", Kind: Provenance}}, false); got != "gh attestation download oci://"+image.Image+" --repo OWNER/REPOSITORY" {
		t.Errorf("provenance comes by %s", got)
	}
}

// FuzzSigned: whatever the bytes, each item is bounded, the same each time, and either says
// why it is empty or is of a known kind; only one that says something is verified.
func FuzzSigned(f *testing.F) {
	for _, of := range []string{
		"https://cyclonedx.org/bom", "https://spdx.dev/Document", "https://openvex.dev/ns", "https://docs.oasis-open.org/sarif/", "https://cosign.sigstore.dev/attestation/vuln/v1",
		"https://cosign.sigstore.dev/attestation/v1", "https://in-toto.io/attestation/vulns/v0.1", "https://in-toto.io/attestation/test-result/v0.1",
		"https://slsa.dev/provenance/v1", "https://slsa.dev/provenance/v0.2", "https://sigstore.dev/cosign/sign/v1",
	} {
		for _, predicate := range slices.Sorted(maps.Keys(map[string]bool{
			someParts: true, "{}": true, `"SPDXVersion: SPDX-2.3"`: true, `{"Data":"mode: set\na.go:1.2,3.4 2 1"}`: true, "null": true,
			`{"scanner":{"result":[{"id":"a","severity":[{"score":"1"}]}]},"result":"PASSED","passedTests":["a"],"builder":{"id":"b"},"runDetails":{"builder":{"id":"b"}},"buildDefinition":{"resolvedDependencies":[{"uri":"git+x://"}]}}`: true,
		})) {
			f.Add(stated(of, predicate), uint8(0))
			f.Add(stated(of, predicate), uint8(1))
		}
	}
	f.Add(bundleHead+`"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AAAA"},"signature":"c2ln"}}`, uint8(2))
	f.Fuzz(func(t *testing.T, src string, form uint8) {
		switch form % 3 {
		case 0:
			src = enveloped(src)
		case 1:
			src = bundled(src)
		}
		items := ReadAll("x.jsonl", []byte(src))
		if again := ReadAll("x.jsonl", []byte(src)); !reflect.DeepEqual(items, again) || len(items) == 0 || len(items) > maxLines {
			t.Fatalf("%+v, then %+v", items, again)
		}
		for _, i := range items {
			if (i.Kind == "") != (i.Trouble != "") || i.Trouble != "" && i.Signed != nil || i.Signed.Kept() > maxKept || len(i.About) > maxSubjects || len(i.Builder) > maxAddress {
				t.Fatalf("item: %+v", i)
			}
			if strings.Contains(i.Trouble, "breaks off") {
				t.Fatal(i.Trouble)
			}
		}
	})
}
