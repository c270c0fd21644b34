package evidence

import (
	"reflect"
	"testing"
	"time"
)

// TestTested: what is read of reports on tests, and of how much of the code they ran.
func TestTested(t *testing.T) {
	made := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		src  string
		want Summary
	}{
		"junit.xml": {`<?xml version="1.0"?><testsuites tests="99"><testsuite name="a" timestamp="2026-11-20T11:00:00"><testcase name="1"/>
			<testcase name="2"><failure message="no"/></testcase><testcase name="3"><skipped/></testcase>
			<testsuite name="b" timestamp="2026-11-20T11:00:00+01:00"><testcase name="4"><error/><system-out>x</system-out></testcase><testcase name="5"><failure/><skipped/></testcase></testsuite>
			</testsuite></testsuites>`, Summary{Kind: Tests, Format: junit, Made: made, Passed: 1, Failed: 3, Skipped: 1}},
		"junit-undated.xml": {`<testsuite name="a"><testcase name="1"/></testsuite>`, Summary{Kind: Tests, Format: junit, Passed: 1}},
		"junit-half.xml": {`<testsuites><testsuite timestamp="2026-11-20T11:00:00"/><testsuite><testcase name="1"/></testsuite></testsuites>`,
			Summary{Kind: Tests, Format: junit, Passed: 1}},
		"cobertura.xml": {`<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
			<coverage line-rate="0.99" timestamp="1795168800000"><packages><package><classes>
			<class filename="a.py"><methods><method><lines><line number="1" hits="5"/></lines></method></methods><lines><line number="1" hits="0"/><line number="2" hits="3"/><line number="3" hits="0"/></lines></class>
			<class filename="a.py"><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>`,
			Summary{Kind: Coverage, Format: cobertura, Made: made, Covered: 2, Code: 3}},
		"coverage.xml": {`<coverage timestamp="1795168800"><class filename="a"><line number="1" hits="0"/></class></coverage>`, Summary{Kind: Coverage, Format: cobertura, Made: made, Code: 1}},
		"lcov.info": {"TN:one\nSF:a.js\nFN:1,f\nDA:1,0\nDA:2,7,checksum\nLF:9\nLH:9\nend_of_record\nTN:two\nSF:a.js\nDA:1,1\nDA:3,0\nend_of_record\nSF:b.js\nDA:1,0\nend_of_record\n",
			Summary{Kind: Coverage, Format: lcov, Covered: 2, Code: 4}},
		"cover.out": {"mode: count\na.go:1.2,3.4 2 0\na.go:5.1,6.2 3 1\nmode: count\na.go:1.2,3.4 2 1\nb.go:1.1,2.2 5 0\n",
			Summary{Kind: Coverage, Format: goCover, Covered: 5, Code: 10}},
	} {
		c.want.Name = name
		if got := Read(name, []byte(c.src)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

// TestAnswers: what an OpenVEX file answers holds for the parts that it names, where it
// gives a reason, and changes nothing of what was read of the file with the vulnerability.
func TestAnswers(t *testing.T) {
	vex := Read("app.openvex.json", []byte(`{"@context":"https://openvex.dev/ns/v0.2.0","tooling":"vexctl","timestamp":"2026-11-20T10:00:00Z","statements":[
		{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:oci/board","subcomponents":[{"@id":"pkg:npm/left-pad@1.0?arch=x"}]}],"status":"not_affected","justification":"component_not_present"},
		{"vulnerability":"CVE-2","products":["pkg:oci/board"],"status":"fixed"},
		{"vulnerability":{"@id":"CVE-3"},"status":"not_affected"},
		{"vulnerability":{"name":"CVE-4"},"status":"affected","justification":"x"},
		{"vulnerability":{"name":"CVE-5"},"status":"under_investigation"}]}`))
	want := Summary{Name: "app.openvex.json", Kind: Answering, Format: openVEX, Tool: "vexctl", Made: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), Answers: []Answer{
		{ID: "CVE-1", Part: "pkg:npm/left-pad@1.0?arch=x", State: "not affected", Reason: "component_not_present"}, {ID: "CVE-2", State: "fixed"},
	}}
	if !reflect.DeepEqual(vex, want) {
		t.Fatalf("answers:\n got %+v\nwant %+v", vex, want)
	}
	found := Summary{Vulnerabilities: []Vulnerability{
		{ID: "CVE-1", Severity: "high", Part: "left-pad", Version: "1.0", State: open},
		{ID: "CVE-1", Severity: "high", Part: "left-pad", Version: "2.0", State: open},
		{ID: "CVE-1", Severity: "high", State: open},
		{ID: "CVE-1", Severity: "high", Part: "pkg:npm/left-pad@1.0", State: open},
		{ID: "CVE-2", Severity: "low", Part: "go.sum", State: open},
		{ID: "CVE-2", Severity: "low", State: "suppressed", Reason: "long ago"},
		{ID: "CVE-3", Severity: "low", State: open},
	}, Open: map[string]int{"high": 4, "low": 9}, Answered: 1}
	got := Answered(found, vex.Answers)
	var states []string
	for _, v := range got.Vulnerabilities {
		states = append(states, v.State)
	}
	if want := []string{"not affected", open, open, "not affected", "fixed", "suppressed", open}; !reflect.DeepEqual(states, want) {
		t.Errorf("states %q, want %q", states, want)
	}
	if !reflect.DeepEqual(got.Open, map[string]int{"high": 2, "low": 8}) || got.Answered != 4 {
		t.Errorf("open %v, answered %d", got.Open, got.Answered)
	}
	if found.Vulnerabilities[0].State != open || found.Open["high"] != 4 {
		t.Error("what was read has changed")
	}
}
