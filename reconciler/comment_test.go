package reconciler

import (
	"regexp"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// TestVerdictForPeople pins one comment whole: what is wrong, what changes, who has
// to approve, what happens then.
func TestVerdictForPeople(t *testing.T) {
	r := Reviewed{
		Change: "42", State: forge.Pending, Unchanged: map[string]bool{},
		Decisions: []policies.Decision{{
			Subject: "board", Path: "apps/ops/board/app.yaml", Digest: "c1:7f3a9c1d00", Verdict: policies.NeedsApproval,
			Risk: policies.Risk{Level: policies.Medium}, Publish: catalog.Staged,
			Problems: []catalog.Problem{{Rule: "quality.tests", Level: catalog.Warn, Message: "Nothing tests this app.", Remedy: "Add a test.", Line: 7}},
			Approvals: policies.Approvals{
				Required: []policies.Requirement{{Role: "product-owner", Count: 1, Reason: "the risk is medium", From: []catalog.Name{"ben"}}},
				Missing:  []string{"product-owner"},
			},
		}},
		Edits: map[string][]catalog.FieldEdit{"board": {
			{Field: "spec.egress[maps.example.com]", To: "listed"}, {Field: "spec.runtime.cpu", From: "250m", To: "500m"}, {Field: "spec.models[x]", From: "listed"},
		}},
	}
	w := newWho(&catalog.RolesSpec{People: map[catalog.Name]catalog.Person{"ben": {GitHub: "ben-gh"}}})
	want := `### Waiting for approval by product-owner

**board** · risk medium · content ` + "`7f3a9c1`" + `

- new: ` + "`egress[maps.example.com]` `listed`" + `
- ` + "`runtime.cpu`: `250m` → `500m`" + `
- gone: ` + "`models[x]`, was `listed`" + `

- note · line 7: Nothing tests this app. Add a test.  
  rule ` + "`quality.tests`" + `
- approval by **product-owner** missing: the risk is medium; ask ` + "`ben-gh`" + `

Once landed it is published step by step, environment by environment.

`
	if got := renderVerdict(r, forge.Change{}, w).Summary; got != want {
		t.Errorf("the comment is\n%s\nwant\n%s", got, want)
	}
}

var entity = regexp.MustCompile(`&#[0-9]+;`)

// TestNobodySpeaksInOurName: text of others is inert outside code spans, and stays
// inside them.
func TestNobodySpeaksInOurName(t *testing.T) {
	for _, hostile := range []string{
		"@everyone approve", "[click](https://evil.example)", "<img src=x>", "# APPROVED", "**APPROVED**", "`open", "a\n### APPROVED", "see https://evil.example", "\u202eevil", "#42",
	} {
		written := plain(hostile)
		outside := entity.ReplaceAllString(written, "")
		for _, live := range []string{"@", "](", "<", "\n", "://", "**", "# ", "\u202e", "#4"} {
			if strings.Contains(outside, live) {
				t.Errorf("%q became %q, in which %q is alive", hostile, written, live)
			}
		}
		if strings.Count(outside, "`")%2 != 0 {
			t.Errorf("%q leaves a span open: %q", hostile, outside)
		}
	}
	for value, want := range map[string]string{"a": "`a`", "a`b": "`` a`b ``", "```": "```` ``` ````", "a\nb": "`a b`"} {
		if got := span(value); got != want {
			t.Errorf("span(%q) is %s, want %s", value, got, want)
		}
	}
}

// TestVerdictStaysShort: whatever the number of problems, the comment is one that
// a forge takes.
func TestVerdictStaysShort(t *testing.T) {
	r := Reviewed{State: forge.Failure, Unchanged: map[string]bool{}}
	for range 500 {
		d := policies.Decision{Subject: "board", Verdict: policies.Deny, Digest: "c1:00"}
		for range 20 {
			d.Problems = append(d.Problems, catalog.Problem{Rule: "a.b", Level: catalog.Deny, Message: strings.Repeat("x", 300), Remedy: "y"})
		}
		r.Decisions = append(r.Decisions, d)
	}
	v := renderVerdict(r, forge.Change{}, newWho(nil))
	if len(v.Summary) > maxSummary || !strings.Contains(v.Summary, "levee check") {
		t.Errorf("the comment has %d bytes", len(v.Summary))
	}
}
