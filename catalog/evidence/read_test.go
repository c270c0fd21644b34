package evidence

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestTrouble checks that a file which says nothing says why, and nothing else.
func TestTrouble(t *testing.T) {
	sized := func(n int, item string) string {
		return `{"bomFormat":"CycloneDX","components":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]}`
	}
	for _, c := range []struct{ name, src, trouble string }{
		{"sast.sarif", "", "It is empty."},
		{"sast.sarif", "\ufeff \n\t", "It is empty."},
		{"sast.sarif", "{", "It is cut off: its end is missing."},
		{"sast.sarif", `{"version":"2.1.0","runs":[{"tool":`, "It is cut off: its end is missing."},
		{"sast.sarif", `{"version":"2.1.0","runs":{}}`, "It is no SARIF: the field runs holds a value of another type."},
		{"sast.sarif", `{"version":"2.1.0","runs":[]} {}`, "It is no SARIF: its content is not well formed."},
		{"other.json", `{]`, "Its content is not well formed."},
		{"sast.sarif", "{}", "Its name says SARIF, but it is not."},
		{"sast.sarif", "no flaws\n", "Its name says SARIF, but it is not."},
		{"sbom.json", "[]", "Its name says CycloneDX or SPDX, but it is not."},
		{"sast.sarif", sized(1, `{"name":"a"}`), "Its name says SARIF, but it is CycloneDX."},
		{"sbom.cdx.json", `{"spdxVersion":"SPDX-2.3","packages":[]}`, "Its name says CycloneDX, but it is SPDX."},
		{"sbom.spdx", sized(1, `{"name":"a"}`), "Its name says SPDX, but it is CycloneDX."},
		{"notes.txt", "all is well", "It has no format that is read here; these are " + formatsRead + "."},
		{"notes.json", `{"components":[{"name":"a"}]}`, "It has no format that is read here; these are " + formatsRead + "."},
		{"page.html", "<html></html>", "It has no format that is read here; these are " + formatsRead + "."},
		{"graph.json", `{"@context":"https://example.com","@graph":[]}`, "It has no format that is read here; these are " + formatsRead + "."},
		{"sbom.json", sized(1, `1`), "It is no CycloneDX: the field components holds a value of another type."},
		{"sbom.json", sized(maxContainers, `{}`), "It has more than 250000 objects and lists."},
		{"sbom.json", `{"bomFormat":"CycloneDX","x":[` + strings.Repeat("1,", maxValues) + `1]}`, "It has more than 4000000 values."},
		{"sbom.json", strings.Repeat(`{"a":`, maxDepth+1), "It has more than 64 values within one another."},
		{"sbom.json", strings.Repeat(" ", MaxSize+1), "It is larger than 32 MiB."},
		{"sbom.xml", `<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>`, "It is cut off."},
		{"sbom.xml", `<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components`, "It is cut off or is no XML."},
		{"sbom.xml", `<!DOCTYPE bom [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><bom xmlns="http://cyclonedx.org/schema/bom/1.6">&b;</bom>`, "It declares a document type, which is not read."},
		{"sbom.xml", strings.Repeat("<a>", maxDepth+1), "It has more than 64 values within one another."},
		{"sbom.xml", "<a>" + strings.Repeat("<b/>", maxContainers) + "</a>", "It has more than 250000 objects and lists."},
		{"sbom.spdx", "SPDXVersion: SPDX-2.3\nPackageComment: <text>a\nb", "It is cut off: a text in it does not end."},
		{"sbom.json", manyLicences(maxLicences + 1), "It names more than 500 different licences."},
		{"sast.sarif", `{"version":"2.0.0","runs":[]}`, "It is SARIF of another version than 2.1.0."},
		{"sast.sarif", `{"version":"2.1.0","runs":[]}`, "It holds no run of a scan."},
		{"sast.sarif", run(`"tool":{"driver":{}},"results":[]`), "It does not name the tool that ran the scan."},
		{"sast.sarif", run(`"tool":{"driver":{"name":"lint"}}`), "The scan by lint holds no list of results, so it looked for nothing."},
		{"sast.sarif", run(`"tool":{"driver":{"name":"lint"}},"results":null`), "The scan by lint holds no list of results, so it looked for nothing."},
		{"sast.sarif", run(`"tool":{"driver":{"name":"lint"}},"results":[],"invocations":[{"executionSuccessful":false}]`), "The scan by lint did not end well, so it is none."},
		{"sast.sarif", run(`"tool":{"driver":{"name":"lint"}},"results":[],"invocations":[{}]`), "The scan by lint did not end well, so it is none."},
		{"junit.xml", `<testsuite name="a"/>`, "It names no test."},
		{"junit.xml", `<testsuite><testcase></testsuite>`, "It is cut off."},
		{"junit.xml", `<report/>`, "Its name says JUnit, but it is not."},
		{"junit.xml", `<coverage><class filename="a"><line number="1" hits="1"/></class></coverage>`, "Its name says JUnit, but it is Cobertura."},
		{"cobertura.xml", `<coverage/>`, "It tells of no code."},
		{"coverage.xml", `<coverage clover="3.2"><file><line num="1" count="1"/></file></coverage>`, "It is no Cobertura: a line in it has no number, or not how often it ran."},
		{"cobertura.xml", `<!DOCTYPE coverage [<!ENTITY a "b">]><coverage/>`, "It declares a document type, which is not read."},
		{"lcov.info", "TN:\nSF:a.js\nDA:1,1\n", "It is cut off: its end is missing."},
		{"lcov.info", "TN:\nDA:1,1\nend_of_record\n", "It is no LCOV: `DA:1,1` tells of no line of a file."},
		{"lcov.info", "TN:\nSF:a.js\nDA:1\nend_of_record\n", "It is no LCOV: `DA:1` tells of no line of a file."},
		{"lcov.info", "TN:\n", "It tells of no code."},
		{"lcov.info", "TN:\nSF:a.js\n" + numbered("DA:%d,1\n", maxContainers+1), "It tells of more than 250000 places in the code."},
		{"cover.out", "mode: set\n", "It tells of no code."},
		{"cover.out", "mode: set\na.go:1.2,3.4 2\n", "It is no Go cover profile: `a.go:1.2,3.4 2` tells of no statements."},
		{"cover.out", "mode: set\na.go:1.2,3.4 many 1\n", "It is no Go cover profile: `a.go:1.2,3.4 many 1` tells of no statements."},
		{"app.openvex.json", `{"@context":"https://openvex.dev/ns/v0.2.0","statements":{}}`, "It is no OpenVEX: the field statements holds a value of another type."},
		{"app.openvex.json", `{"@context":"https://openvex.dev/ns/v0.2.0","statements":[` + strings.TrimSuffix(numbered(`{"vulnerability":"CVE-%d","status":"fixed"},`, maxAnswers+1), ",") + `]}`, "It answers more than 1000 vulnerabilities."},
	} {
		got := Read(c.name, []byte(c.src))
		if got.Trouble != c.trouble {
			t.Errorf("%s, %.60q: trouble %q, want %q", c.name, c.src, got.Trouble, c.trouble)
		}
		if want := (Summary{Name: c.name, Format: got.Format, Trouble: got.Trouble}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s, %.60q: says %+v as well", c.name, c.src, got)
		}
	}
}

func run(fields string) string { return `{"version":"2.1.0","runs":[{` + fields + `}]}` }

// numbered is a text as many times over, with numbers from 0.
func numbered(text string, times int) string {
	var b strings.Builder
	for i := range times {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}

// manyLicences is a list of parts with as many different licences.
func manyLicences(n int) string {
	var b bytes.Buffer
	b.WriteString(`{"spdxVersion":"SPDX-2.3","packages":[`)
	for i := range n {
		fmt.Fprintf(&b, `{"name":"a","licenseDeclared":"L-%d"},`, i)
	}
	return strings.TrimSuffix(b.String(), ",") + "]}"
}

// TestParts checks what is read of lists of parts, in each of their encodings.
func TestParts(t *testing.T) {
	made := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	licences := []Licence{{"Apache-2.0 AND (MIT OR GPL-3.0-only)", 1}, {"MIT", 2}}
	sum := "sha256:" + strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		src  string
		want Summary
	}{
		"sbom.cdx.json": {`{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-11-20T11:00:00+01:00",
			"tools":{"components":[{"type":"application","name":"syft","version":"1.2"}]},
			"component":{"type":"container","name":"expense","version":"1.4.0","hashes":[{"alg":"SHA-256","content":"` + strings.ToUpper(strings.TrimPrefix(sum, "sha256:")) + `"}]}},
			"components":[{"type":"library","name":"a","licenses":[{"license":{"id":"MIT"}}],
				"components":[{"type":"library","name":"b","licenses":[{"license":{"name":"MIT"}}]}]},
			{"type":"library","name":"c","licenses":[{"license":{"id":"Apache-2.0"}},{"expression":"MIT OR GPL-3.0-only"}]},
			{"type":"library","name":"d"},{}]}`,
			Summary{Kind: Parts, Format: cycloneDX, Version: "1.6", Tool: "syft@1.2", Made: made, About: []string{"expense@1.4.0", sum}, Parts: 4, Licences: licences, Unlicensed: 1}},
		"sbom.cdx.xml": {`<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><timestamp>2026-11-20T10:00:00Z</timestamp>
			<tools><tool><name>syft</name><version>1.2</version></tool></tools><component type="container"><name>expense</name><version>1.4.0</version></component></metadata>
			<components><component type="library"><name>a</name><licenses><license><id>MIT</id></license></licenses></component>
			<component type="library"><name>b</name></component></components></bom>`,
			Summary{Kind: Parts, Format: cycloneDX, Version: "1.4", Tool: "syft@1.2", Made: made, About: []string{"expense@1.4.0"}, Parts: 2, Licences: []Licence{{"MIT", 1}}, Unlicensed: 1}},
		"sbom.json": {`{"spdxVersion":"SPDX-2.3","creationInfo":{"created":"2026-11-20T10:00:00Z","creators":["Organization: x","Tool: syft-1.2"]},
			"packages":[{"SPDXID":"SPDXRef-app","name":"expense","versionInfo":"1.4.0","checksums":[{"algorithm":"SHA256","checksumValue":"` + strings.TrimPrefix(sum, "sha256:") + `"}]},
			{"SPDXID":"SPDXRef-a","name":"a","licenseConcluded":"NOASSERTION","licenseDeclared":"MIT"},
			{"SPDXID":"SPDXRef-b","name":"b","licenseConcluded":"MIT","licenseDeclared":"GPL-3.0-only"},{"name":"d","licenseDeclared":"NONE"},
			{"name":"c","licenseDeclared":"Apache-2.0 AND (MIT OR GPL-3.0-only)"}],
			"documentDescribes":["SPDXRef-app"],
			"relationships":[{"relationshipType":"DESCRIBES","spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-app"},
				{"relationshipType":"DEPENDS_ON","spdxElementId":"SPDXRef-app","relatedSpdxElement":"SPDXRef-a"}]}`,
			Summary{Kind: Parts, Format: spdx, Version: "2.3", Tool: "syft-1.2", Made: made, About: []string{"expense@1.4.0", sum}, Parts: 4, Licences: licences, Unlicensed: 1}},
		"all.spdx.json": {`{"spdxVersion":"SPDX-2.2","documentDescribes":["SPDXRef-a","SPDXRef-b"],"packages":[{"SPDXID":"SPDXRef-a","name":"a"},{"SPDXID":"SPDXRef-b","name":"b"}]}`,
			Summary{Kind: Parts, Format: spdx, Version: "2.2", Parts: 2, Unlicensed: 2}},
		"sbom.spdx": {"SPDXVersion: SPDX-2.3\nCreator: Tool: syft-1.2\nCreated: 2026-11-20T10:00:00Z\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app\n" +
			"\nPackageName: expense\nSPDXID: SPDXRef-app\nPackageVersion: 1.4.0\nPackageChecksum: SHA256: " + strings.TrimPrefix(sum, "sha256:") + "\n" +
			"\nPackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>one\nPackageName: none\n</text>\nPackageLicenseDeclared: MIT\n" +
			"\nFileName: ./x\nSPDXID: SPDXRef-app\n\nPackageName: b\nPackageLicenseConcluded: NOASSERTION\n",
			Summary{Kind: Parts, Format: spdx, Version: "2.3", Tool: "syft-1.2", Made: made, About: []string{"expense@1.4.0", sum}, Parts: 2, Licences: []Licence{{"MIT", 1}}, Unlicensed: 1}},
		"sbom3.json": {`{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
			{"type":"CreationInfo","specVersion":"3.0.1","created":"2026-11-20T10:00:00Z"},{"type":"Tool","spdxId":"t","name":"syft"},
			{"type":"software_Package","spdxId":"a","name":"a"},{"type":"software_Package","spdxId":"b","name":"b"},{"type":"SpdxDocument"},
			{"type":"simplelicensing_LicenseExpression","spdxId":"l","simplelicensing_licenseExpression":"MIT"},
			{"type":"Relationship","relationshipType":"hasDeclaredLicense","from":"a","to":["l"]},{"type":"Relationship","relationshipType":"contains","from":"b","to":["l"]}]}`,
			Summary{Kind: Parts, Format: spdx, Version: "3.0.1", Tool: "syft", Made: made, Parts: 2, Licences: []Licence{{"MIT", 1}}, Unlicensed: 1}},
		"sbom.txt": {"\ufeff" + `{"bomFormat":"CycloneDX"}`, Summary{Kind: Parts, Format: cycloneDX}},
	} {
		c.want.Name = name
		if got := Read(name, []byte(c.src)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

// TestVulnerabilities checks what is read of the vulnerabilities in a list of parts.
func TestVulnerabilities(t *testing.T) {
	got := Read("vex.cdx.json", []byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"left-pad","version":"1.0","bom-ref":"p"}],"vulnerabilities":[
		{"id":"CVE-3","ratings":[{"score":5.5}],"analysis":{"state":"not_affected","detail":"never called"}},
		{"id":"CVE-2","ratings":[{"severity":"low"},{"score":9.8,"method":"CVSSv31"}],"published":"2026-10-01T00:00:00Z","affects":[{"ref":"p","versions":[{"version":"1.1","status":"unaffected"}]},{"ref":"q"}]},
		{"id":"CVE-1","analysis":{"state":"exploitable"}},
		{"id":"CVE-4","ratings":[{"severity":"high"}],"analysis":{"state":"resolved"}},
		{"id":"CVE-5","ratings":[{"severity":"info"}],"analysis":{"state":"in_triage"}}]}`))
	want := []Vulnerability{
		{ID: "CVE-2", Severity: "critical", Score: 9.8, Part: "left-pad", Version: "1.0", FixedIn: "1.1", Published: "2026-10-01", State: "open"},
		{ID: "CVE-2", Severity: "critical", Score: 9.8, Part: "q", Published: "2026-10-01", State: "open"},
		{ID: "CVE-1", Severity: "unknown", State: "open"},
		{ID: "CVE-5", Severity: "none", State: "open"},
		{ID: "CVE-4", Severity: "high", State: "fixed"},
		{ID: "CVE-3", Severity: "medium", Score: 5.5, State: "not affected", Reason: "never called"},
	}
	if !reflect.DeepEqual(got.Vulnerabilities, want) {
		t.Errorf("vulnerabilities:\n got %+v\nwant %+v", got.Vulnerabilities, want)
	}
	if !reflect.DeepEqual(got.Open, map[string]int{"critical": 2, "unknown": 1, "none": 1}) || got.Answered != 2 || got.Kind != Parts || !got.Scanned {
		t.Errorf("open %v, answered %d, kind %s", got.Open, got.Answered, got.Kind)
	}
	if alone := Read("vex.cdx.json", []byte(`{"bomFormat":"CycloneDX","vulnerabilities":[]}`)); alone.Kind != Findings || !alone.Scanned || alone.Trouble != "" {
		t.Errorf("vulnerabilities without parts: %+v", alone)
	}
}

// TestSARIF checks what is read of the result of a scan.
func TestSARIF(t *testing.T) {
	got := Read("sast.sarif", []byte(`{"version":"2.1.0","runs":[
		{"tool":{"driver":{"name":"lint","semanticVersion":"2.0.0","rules":[
			{"id":"R1","properties":{"security-severity":"9.1"}},{"id":"R2","defaultConfiguration":{"level":"note"}},{"id":"R3","properties":{"security-severity":7}}]},
			"extensions":[{"rules":[{"id":"X1","defaultConfiguration":{"level":"error"}}]}]},
		"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-11-20T10:00:00Z"}],"versionControlProvenance":[{"revisionId":"abc"}],
		"results":[
			{"ruleId":"R1","locations":[{"physicalLocation":{"artifactLocation":{"uri":"go.sum"}}}]},
			{"ruleIndex":1},{"rule":{"id":"R3"}},{"ruleId":"X1","ruleIndex":7},{"ruleId":"Z"},{"ruleId":"Z","level":"none"},{"ruleId":"Z","level":"odd"},
			{"ruleId":"R1","kind":"pass"},{"ruleId":"R1","baselineState":"absent"},
			{"ruleId":"R1","suppressions":[{"kind":"external","justification":"not reachable"}]},
			{"ruleId":"R1","suppressions":[{"kind":"inSource"}]},
			{"ruleId":"R1","suppressions":[{"status":"accepted","justification":"yes"},{"status":"underReview","justification":"no"}]}]},
		{"tool":{"driver":{"name":"other"}},"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-11-10T10:00:00Z"}],"results":[]}]}`))
	if got.Trouble != "" || got.Tool != "lint@2.0.0" || !got.Made.Equal(time.Date(2026, 11, 10, 10, 0, 0, 0, time.UTC)) || !reflect.DeepEqual(got.About, []string{"abc"}) {
		t.Errorf("summary: %+v", got)
	}
	if want := map[string]int{"critical": 3, "high": 2, "medium": 1, "low": 1, "none": 1, "unknown": 1}; !reflect.DeepEqual(got.Open, want) || got.Answered != 1 {
		t.Errorf("open %v, answered %d", got.Open, got.Answered)
	}
	last := got.Vulnerabilities[len(got.Vulnerabilities)-1]
	if want := (Vulnerability{ID: "R1", Severity: "critical", Score: 9.1, State: "suppressed", Reason: "not reachable"}); last != want {
		t.Errorf("suppressed: %+v", last)
	}
	undated := Read("sast.sarif", []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"a"}},"results":[]},
		{"tool":{"driver":{"name":"b"}},"results":[],"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-11-10T10:00:00Z"}]}]}`))
	if undated.Trouble != "" || !undated.Made.IsZero() || !undated.Scanned {
		t.Errorf("a run of unknown age: %+v", undated)
	}
}

// TestBoundedSummary checks that a summary stays small, whatever the file holds, and that
// what is not listed is counted.
func TestBoundedSummary(t *testing.T) {
	var results []string
	for i := range 3 * maxListed {
		results = append(results, fmt.Sprintf(`{"ruleId":"%d%s"}`, i, strings.Repeat("é`\\u202e\\n", 500)))
	}
	got := Read("a.sarif", []byte(run(`"tool":{"driver":{"name":"lint"}},"results":[`+strings.Join(results, ",")+`]`)))
	if len(got.Vulnerabilities) != maxListed || got.Open["medium"] != 3*maxListed {
		t.Fatalf("%d listed, open %v, trouble %q", len(got.Vulnerabilities), got.Open, got.Trouble)
	}
	for _, v := range got.Vulnerabilities {
		if len([]rune(v.ID)) > maxText || strings.ContainsAny(v.ID, "`\n\u202e") {
			t.Fatalf("id %q", v.ID)
		}
	}
}

// FuzzEvidence: whatever the bytes, the summary is bounded, the same each time, and either
// says why it is empty or is of a known kind.
func FuzzEvidence(f *testing.F) {
	names := []string{"sbom.json", "sbom.cdx.xml", "sbom.spdx", "sast.sarif", "junit.xml", "cobertura.xml", "lcov.info", "other"}
	for _, src := range []string{
		"", "{", `{"bomFormat":"CycloneDX","components":[{"name":"a","licenses":[{"expression":"MIT"}]}],"vulnerabilities":[{"id":"x","affects":[{"ref":"a"}]}]}`,
		`<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library"><name>a</name></component></components></bom>`,
		`{"spdxVersion":"SPDX-2.3","packages":[null,{"name":"a"}],"relationships":[null]}`, "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: b\n",
		`{"@context":"https://spdx.org/x","@graph":[{"type":"software_Package","to":"x"}]}`,
		run(`"tool":{"driver":{"name":"lint","rules":[{"id":"a"}]}},"results":[{"ruleIndex":-1,"rule":{"index":9},"suppressions":[{}]}]`),
		`<testsuites><testsuite timestamp="2026-11-20T10:00:00"><testcase name="a"><failure/></testcase></testsuite></testsuites>`,
		`<!DOCTYPE coverage SYSTEM "x"><coverage timestamp="1"><class filename="a"><lines><line number="1" hits="1"/></lines></class></coverage>`,
		"TN:\nSF:a\nDA:1,1\nend_of_record\n", "mode: set\na.go:1.2,3.4 2 1\n",
		`{"@context":"https://openvex.dev/ns","statements":[{"vulnerability":{"name":"a"},"products":["x",{"subcomponents":["y",{"@id":"z"}]}],"status":"fixed"},null]}`,
	} {
		for i := range names {
			f.Add(i, []byte(src))
		}
	}
	f.Fuzz(func(t *testing.T, i int, src []byte) {
		name := names[uint(i)%uint(len(names))]
		got := Read(name, src)
		if again := Read(name, src); !reflect.DeepEqual(got, again) {
			t.Fatalf("%+v, then %+v", got, again)
		}
		if (got.Kind == "") != (got.Trouble != "") || len(got.Vulnerabilities) > maxListed || len(got.Licences) > maxLicences || len(got.About) > maxSubjects {
			t.Fatalf("summary: %+v", got)
		}
		if strings.Contains(got.Trouble, "breaks off") {
			t.Fatal(got.Trouble)
		}
	})
}
