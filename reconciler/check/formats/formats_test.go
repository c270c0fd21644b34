package formats

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

var waiver = "w-1"

// odd is a report with one of everything, and with text that each format has marks for.
var odd = check.Report{
	Catalog: check.ReportCatalog{Apps: 5},
	Results: []check.Result{
		{Kind: "App", Name: "board", Path: "apps/a b, c:d/app.yaml", Verdict: policies.Deny, Problems: []catalog.Problem{
			{Rule: "egress.vendor-approved", Level: catalog.Deny, Message: "It calls `x`\n::error::<50%>", Remedy: "Take it out.", Path: "apps/a b, c:d/app.yaml", Field: "spec.egress[0]", Line: 14, Column: 5},
			{Rule: "slo.declared", Level: catalog.Warn, Message: "It has no objective", Remedy: "Did you forget it?", Path: "apps/a b, c:d/app.yaml"},
			{Rule: "own.tried", Level: "dryrun", Message: "A rule that is tried", Path: "policies/own.rego", Line: 3, Column: 1},
			{Rule: "budget.declared", Level: catalog.Deny, Message: "It has no budget", Path: "apps/a b, c:d/app.yaml", Line: 2, Column: 1, Waiver: &waiver},
		}},
		{Kind: "App", Name: "late", Path: "apps/late/app.yaml", Verdict: policies.NeedsApproval, Approvals: policies.Approvals{
			Required: []policies.Requirement{{Role: "security", Reason: "it handles personal data"}, {Role: "owner", Reason: "it is new"}}, Missing: []string{"security"},
		}},
		{Kind: "App", Name: "lost", Path: "apps/lost/app.yaml", Verdict: policies.Error, Reason: "The rules took too long"},
		{Kind: "App", Name: "after", Path: "apps/after/app.yaml", Verdict: policies.Deny, After: "blueprints/page/1/blueprint.yaml", Problems: []catalog.Problem{
			{Rule: "blueprint.valid", Level: catalog.Deny, Message: "Its blueprint is wrong", Path: "apps/after/app.yaml", Line: 6, Column: 3},
		}},
		{Kind: "App", Name: "fine", Path: "apps/fine/app.yaml", Verdict: policies.Allow},
	},
}

var rules = []Rule{{ID: "egress.vendor-approved", Title: "Hosts belong to vendors", Description: "Every host is one of an approved vendor.", Remedy: "Name the vendor.", Controls: []string{"soc2:CC6.6"}}}

func written(t *testing.T, format string, r check.Report) string {
	t.Helper()
	var one, two strings.Builder
	for _, b := range []*strings.Builder{&one, &two} {
		if err := Write(b, format, "1.2.3", r, rules); err != nil {
			t.Fatal(err)
		}
	}
	if one.String() != two.String() {
		t.Errorf("%s is otherwise the second time", format)
	}
	return one.String()
}

// TestSARIF: the report is one by the published schema, and says of each problem where it is, how
// grave it is, and who covers it; what could not be judged is no success.
func TestSARIF(t *testing.T) {
	text := written(t, "sarif", odd)
	report, err := sarif.FromString(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Fatal(err)
	}
	run := report.Runs[0]
	var got []string
	for _, r := range run.Results {
		place := r.Locations[0].PhysicalLocation
		line := *r.RuleID + " " + r.Level + " " + *place.ArtifactLocation.URI
		if place.Region != nil {
			line += " at a line"
		}
		for _, s := range r.Suppressions {
			line += " " + *s.Justification
		}
		got = append(got, line)
	}
	want := `egress.vendor-approved error apps/a%20b,%20c:d/app.yaml at a line
slo.declared warning apps/a%20b,%20c:d/app.yaml
own.tried note policies/own.rego at a line
budget.declared note apps/a%20b,%20c:d/app.yaml at a line waived by w-1`
	if strings.Join(got, "\n") != want {
		t.Errorf("the results are\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if said := *run.Results[0].Message.Text; said != "It calls `x`\n::error::<50%>. Take it out." {
		t.Errorf("it says %q", said)
	}
	if one, two := run.Results[0].PartialFingerprints["leveeFinding/v1"], run.Results[1].PartialFingerprints["leveeFinding/v1"]; one == "" || one == two {
		t.Errorf("the fingerprints are %q and %q", one, two)
	}
	if len(run.Tool.Driver.Rules) != 4 || *run.Tool.Driver.Version != "1.2.3" || !strings.Contains(text, "Every host is one of an approved vendor.") || !strings.Contains(text, "soc2:CC6.6") {
		t.Errorf("the rules are %s", text)
	}
	lost := run.Invocations[0]
	if *lost.ExecutionSuccessful || len(lost.ToolExecutionNotifications) != 1 || !strings.Contains(*lost.ToolExecutionNotifications[0].Message.Text, "took too long") {
		t.Errorf("what could not be judged is told as %+v", lost)
	}
	empty, err := sarif.FromString(written(t, "sarif", check.Report{}))
	if err != nil || empty.Validate() != nil || len(empty.Runs[0].Results) != 0 || !*empty.Runs[0].Invocations[0].ExecutionSuccessful {
		t.Errorf("nothing is written as %+v (%v)", empty, err)
	}
}

// TestJUnit: every file is a test case, and failures and errors are told apart and counted.
func TestJUnit(t *testing.T) {
	var read testSuites
	if err := xml.Unmarshal([]byte(written(t, "junit", odd)), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 5 || read.Failures != 2 || read.Errors != 1 || len(read.Suite.Cases) != 5 {
		t.Errorf("it counts %d tests, %d failures, %d errors", read.Tests, read.Failures, read.Errors)
	}
	board, late, lost, after, fine := read.Suite.Cases[0], read.Suite.Cases[1], read.Suite.Cases[2], read.Suite.Cases[3], read.Suite.Cases[4]
	if f := board.Failure; f == nil || f.Message != "deny: 1 to mend" || !strings.Contains(f.Text, "apps/a b, c:d/app.yaml:14:5: It calls `x`\n::error::<50%>. Take it out. [egress.vendor-approved]") || strings.Contains(f.Text, "budget") {
		t.Errorf("board failed with %+v", f)
	}
	for _, said := range []string{"It has no objective", "It is waived by w-1.", "policies/own.rego:3:1: A rule that is tried"} {
		if !strings.Contains(board.Out, said) {
			t.Errorf("board says %q", board.Out)
		}
	}
	if late.Failure != nil || late.Out != "approval by security: it handles personal data" {
		t.Errorf("late is %+v", late)
	}
	if lost.Error == nil || lost.Failure != nil || lost.Error.Text != "The rules took too long" {
		t.Errorf("lost is %+v", lost)
	}
	if after.Failure == nil || after.Failure.Message != "denied only for what is wrong in blueprints/page/1/blueprint.yaml" {
		t.Errorf("after is %+v", after)
	}
	if fine.Failure != nil || fine.Error != nil || fine.Out != "" || fine.Name != "fine (apps/fine/app.yaml)" {
		t.Errorf("fine is %+v", fine)
	}
	hostile := check.Report{Results: []check.Result{{Path: "a", Verdict: policies.Error, Reason: "\x00\x1b]]></error>\xff"}}}
	if err := xml.Unmarshal([]byte(written(t, "junit", hostile)), &read); err != nil {
		t.Errorf("hostile text cannot be read: %v", err)
	}
}

// TestGitHub: each finding is one line that a workflow takes, the gravest first; no text can end
// its command or begin another.
func TestGitHub(t *testing.T) {
	want := `::error file=apps/a b%2C c%3Ad/app.yaml,line=14,col=5,title=egress.vendor-approved::It calls ` + "`x`" + `%0A::error::<50%25>. Take it out.
::error file=apps/lost/app.yaml,title=not-judged::The rules took too long.
::warning file=apps/a b%2C c%3Ad/app.yaml,title=slo.declared::It has no objective. Did you forget it?
::notice file=policies/own.rego,line=3,col=1,title=own.tried::A rule that is tried.
::notice file=apps/a b%2C c%3Ad/app.yaml,line=2,col=1,title=budget.declared::It has no budget. It is waived by w-1.
::notice file=apps/late/app.yaml,title=needs approval::approval by security: it handles personal data
`
	if got := written(t, "github", odd); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

// TestGitLab: each finding has the fields that GitLab reads, and a fingerprint of its own.
func TestGitLab(t *testing.T) {
	var read []issue
	if err := json.Unmarshal([]byte(written(t, "gitlab", odd)), &read); err != nil {
		t.Fatal(err)
	}
	var got []string
	seen := map[string]bool{}
	for _, x := range read {
		got = append(got, x.CheckName+" "+x.Severity+" "+x.Location.Path)
		if seen[x.Fingerprint] || x.Location.Lines.Begin < 1 {
			t.Errorf("%+v", x)
		}
		seen[x.Fingerprint] = true
	}
	want := `egress.vendor-approved critical apps/a b, c:d/app.yaml
slo.declared minor apps/a b, c:d/app.yaml
own.tried info policies/own.rego
budget.declared info apps/a b, c:d/app.yaml
not-judged blocker apps/lost/app.yaml`
	if strings.Join(got, "\n") != want {
		t.Errorf("it is\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if none := written(t, "gitlab", check.Report{}); none != "[]\n" {
		t.Errorf("nothing is written as %q", none)
	}
}

// TestUnknownFormat: a format that there is not is an error that names those that there are.
func TestUnknownFormat(t *testing.T) {
	if err := Write(&strings.Builder{}, "csv", "", odd, nil); err == nil || !strings.Contains(err.Error(), "sarif, junit, github, gitlab") {
		t.Errorf("it says %v", err)
	}
}
