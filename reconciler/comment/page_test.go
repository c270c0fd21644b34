package comment

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/identity"
)

// The comments as people read them are golden files beside cmd/levee, where whole
// changes are judged. Here is what holds for every one.

var entity = regexp.MustCompile(`&#[0-9]+;`)

// TestNobodySpeaksInOurName: text of others is inert outside code spans, and stays
// inside them. What is displayed counts, for there a forge looks for mentions: an
// escaped sign is one.
func TestNobodySpeaksInOurName(t *testing.T) {
	for _, hostile := range []string{
		"@everyone approve", "[click](https://evil.example)", "<img src=x>", "# APPROVED", "**APPROVED**", "`open", "a\n### APPROVED", "see https://evil.example",
		"\u202eevil", "#42", "&commat;everyone", "&#64;everyone", "www.evil.example", "WWW.evil.example", "GH-42", "mail mailto:a@b.example", "`a``` @everyone", "``` @everyone`, which",
		"`a` **b** `@c`", "a\u200b@everyone",
	} {
		written := plain(hostile)
		outside := regexp.MustCompile("(`+)(?:[^`]|[^`].*?[^`])(`+)").ReplaceAllString(written, "")
		marked, displayed := entity.ReplaceAllString(outside, ""), html.UnescapeString(outside)
		for _, live := range []string{"](", "<", "\n", "://", "mailto:", "**", "# ", "\u202e", "\u200b", "www.", "WWW.", "&", "`"} {
			if strings.Contains(marked, live) {
				t.Errorf("%q became %q, in which %q is alive", hostile, written, live)
			}
		}
		for _, live := range []string{"@", "#4", "GH-4"} {
			if strings.Contains(displayed, live) {
				t.Errorf("%q became %q, which is displayed with %q", hostile, written, live)
			}
		}
	}
	for value, want := range map[string]string{"a": "`a`", "a`b": "`` a`b ``", "```": "```` ``` ````", "a\nb": "`a b`", "": "`  `"} {
		if got := span(value); got != want {
			t.Errorf("span(%q) is %s, want %s", value, got, want)
		}
	}
	for text, want := range map[string]string{
		"Ask for `1Gi` at most.": "Ask for `1Gi` at most.", "such as `a: b`: so": "such as `a: b`: so", "`a``b`": "`a` `b`", "A & B": "A &#38; B",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) is %q, want %q", text, got, want)
		}
	}
}

// manyProblems is a page of many apps with many problems each.
func manyProblems(apps, problems int, message string) Page {
	p := Page{State: forge.Failure}
	for i := range apps {
		d := policies.Decision{Subject: fmt.Sprintf("board-%d", i), Verdict: policies.Deny, Digest: "c1:00"}
		for range problems {
			d.Problems = append(d.Problems, catalog.Problem{Rule: "a.b", Level: catalog.Deny, Message: message, Remedy: "Do it."})
		}
		p.Subjects = append(p.Subjects, Subject{Decision: d})
	}
	return p
}

// TestVerdictStaysShort: whatever the number of problems, the comment is one that
// a forge takes, and says where the rest is.
func TestVerdictStaysShort(t *testing.T) {
	v := manyProblems(500, 20, strings.Repeat("<x> ", 80)).Verdict()
	if len(v.Summary) > maxSummary || !strings.Contains(v.Summary, "levee check") || !utf8.ValidString(v.Summary) {
		t.Errorf("the comment has %d bytes and ends %q", len(v.Summary), v.Summary[max(0, len(v.Summary)-80):])
	}
	v = manyProblems(6, 20, "It is wrong.").Verdict()
	if n := strings.Count(v.Summary, "**Fix this first**"); n != fullSections {
		t.Errorf("%d apps are shown in full, want %d", n, fullSections)
	}
	if n := strings.Count(v.Summary, "20 to fix, first: It is wrong."); n != 6-fullSections {
		t.Errorf("%d apps are shown in a line", n)
	}
	if !strings.Contains(v.Summary, fmt.Sprintf("and %d more", 20-1-moreProblems)) {
		t.Error("nothing says how many problems are left out")
	}
}

// TestWhatIsToBeMendedComesFirst: of several apps, and of several problems.
func TestWhatIsToBeMendedComesFirst(t *testing.T) {
	p := manyProblems(1, 0, "")
	p.Subjects[0].Verdict, p.Subjects[0].Subject = policies.Allow, "fine"
	p.Subjects = append(p.Subjects, Subject{Decision: policies.Decision{Subject: "broken", Verdict: policies.Deny, Problems: []catalog.Problem{
		{Rule: "lifecycle.version-raised", Level: catalog.Deny, Message: "The version is old.", Line: 3},
		{Rule: "a.waived", Level: catalog.Deny, Message: "Waived.", Line: 1, Waiver: new("w")},
		{Rule: "a.warn", Level: catalog.Warn, Message: "Mind it.", Line: 2},
		{Rule: "a.counted", Level: catalog.DryRun, Message: "Counted only.", Line: 2},
		{Rule: "runtime.limits", Level: catalog.Deny, Message: "It is too big.", Line: 7, Path: "apps/broken/app.yaml"},
	}}})
	v := p.Verdict()
	for _, pair := range [][2]string{{"`broken`", "`fine`"}, {"It is too big.", "The version is old."}, {"The version is old.", "Mind it."}} {
		if i, j := strings.Index(v.Summary, pair[0]), strings.Index(v.Summary, pair[1]); i < 0 || j < i {
			t.Errorf("%q does not come before %q in\n%s", pair[0], pair[1], v.Summary)
		}
	}
	if v.Title != "2 things to fix, one after the other" || strings.Contains(v.Summary, "Counted only.") || !strings.Contains(v.Summary, "exception `w`") {
		t.Errorf("the comment is %q\n%s", v.Title, v.Summary)
	}
	if len(v.Notes) != 4 || strings.Contains(v.Notes[0].Message, "&#") {
		t.Errorf("the notes are %+v", v.Notes)
	}
}

// TestEditsInWords: each kind of difference reads as people say it.
func TestEditsInWords(t *testing.T) {
	for _, c := range []struct {
		e            catalog.FieldEdit
		said, listed string
	}{
		{catalog.FieldEdit{Field: "spec.runtime.cpu", From: "250m", To: "500m"}, "the processor goes from `250m` to `500m`", "processor: `250m` → `500m`"},
		{catalog.FieldEdit{Field: "spec.egress[a.example]", To: "listed"}, "it adds the outside address `a.example`", "new outside address: `a.example`"},
		{catalog.FieldEdit{Field: "spec.models[x]", From: "listed"}, "it takes out the AI model `x`", "AI model taken out: `x`"},
		{catalog.FieldEdit{Field: "spec.data[a].categories[pii]", To: "listed"}, "it adds `pii` to the kind of sensitive data in the data set `a`", "new kind of sensitive data in the data set `a`: `pii`"},
		{catalog.FieldEdit{Field: "spec.data[a].categories[pii]", From: "listed"}, "it takes `pii` out of the kind of sensitive data in the data set `a`", "kind of sensitive data in the data set `a` taken out: `pii`"},
		{catalog.FieldEdit{Field: "spec.data[a].retention", To: "30d"}, "it sets the time for which the data set `a` is kept to `30d`", "time for which the data set `a` is kept: `30d` (nothing was said before)"},
		{catalog.FieldEdit{Field: "spec.slo.p95", From: "500ms"}, "it takes out the promised time to answer, which was `500ms`", "promised time to answer: nothing is said any more (it was `500ms`)"},
		{catalog.FieldEdit{Field: "metadata.labels.team`x", To: "@a"}, "it sets the label `` team`x `` to `@a`", "label `` team`x ``: `@a` (nothing was said before)"},
		{catalog.FieldEdit{Field: "spec.new.field", From: "1", To: "2"}, "the `new.field` goes from `1` to `2`", "`new.field`: `1` → `2`"},
	} {
		if got := inWords(c.e); got != c.said {
			t.Errorf("%s: %q, want %q", c.e.Field, got, c.said)
		}
		if got := strings.Join(bullets([]catalog.FieldEdit{c.e}), "|"); got != c.listed {
			t.Errorf("%s: %q, want %q", c.e.Field, got, c.listed)
		}
	}
	all := catalog.Edits(nil, &catalog.App{})
	for _, e := range all {
		if f := take(e.Field); strings.Contains(f.words, "spec.") {
			t.Errorf("%s has no words", e.Field)
		}
	}
}

// TestApprovalsThatDoNotCount: each says to its giver what they can do, and the same
// is said to several at once.
func TestApprovalsThatDoNotCount(t *testing.T) {
	shown := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	p := Page{
		People:   identity.NewDirectory(&catalog.RolesSpec{People: map[catalog.Name]catalog.Person{"ana": {GitHub: "ana"}, "ben": {Name: "Ben O", GitHub: "ben-gh"}, "dana": {}}}, ""),
		Change:   forge.Change{Author: forge.Identity{Login: "ana"}},
		Settings: &settings.Settings{Approvals: settings.Approvals{Settle: 60}},
	}
	approval := func(id string, person catalog.Name, digest catalog.Digest, after time.Duration) catalog.Approval {
		return catalog.Approval{ID: id, Person: person, Digest: digest, Review: catalog.Approve, Shown: shown, At: shown.Add(after)}
	}
	s := Subject{
		Folders: []string{"apps/x"},
		Reviews: []catalog.Approval{
			approval("1", "ben", "c1:1111111", time.Hour), approval("2", "dana", "c1:1111111", time.Hour), approval("3", "ana", "c1:2222222", time.Hour),
			approval("4", "ben", "c1:2222222", time.Second), approval("5", "dana", "c1:2222222", time.Hour),
		},
		Since: map[string][]catalog.FieldEdit{"1": {{Field: "spec.runtime.memory", From: "1Gi", To: "2Gi"}}, "2": {{Field: "spec.runtime.memory", From: "1Gi", To: "2Gi"}}},
	}
	s.Decision = policies.Decision{Digest: "c1:2222222", Approvals: policies.Approvals{Ignored: []policies.Ignored{
		{Person: "ben", ID: "1"}, {Person: "dana", ID: "2"}, {Person: "ana", ID: "3"}, {Person: "ben", ID: "4"}, {Person: "dana", ID: "5", Reason: "it was withdrawn"},
	}}}
	got := strings.Join(p.approvers().ignored(s), "\n")
	want := "`ana` approved, but had a hand in this change. Nobody agrees to their own work.\n" +
		"`Ben O` (`ben-gh`) approved too soon: the content changed while they were reading. To make it count, look again and write `/levee confirm 2222222` as a comment, or approve once more.\n" +
		"The approval by `dana` does not count: it was withdrawn.\n" +
		"`Ben O` (`ben-gh`) and `dana` agreed to something else: since then the memory goes from `1Gi` to `2Gi`. Please look again."
	if got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	s.Approvals.Granted = []policies.Granted{{Person: "ben"}, {Person: "dana"}, {Person: "ana"}}
	if said := p.approvers().ignored(s); len(said) != 0 {
		t.Errorf("of those who agreed since it says %q", said)
	}
}

// TestWhoIsAskedForMore: of several approvals in one role, those who gave one are not
// asked again, and where nobody is left that is said.
func TestWhoIsAskedForMore(t *testing.T) {
	p := Page{People: identity.NewDirectory(&catalog.RolesSpec{}, ""), Settings: &settings.Settings{}}
	need := policies.Requirement{Role: "security", Count: 2, Reason: "the risk is high; it is new", From: []catalog.Name{"chris", "dana", "eve"}}
	s := Subject{Decision: policies.Decision{Approvals: policies.Approvals{Missing: []string{"security", "security"}}}}
	say := func(want string) {
		t.Helper()
		if got := p.approvers().requirement(s, need); got != want {
			t.Errorf("it says\n%s\nwant\n%s", got, want)
		}
	}
	say("○ Security: please ask 2 of `chris`, `dana` and `eve`, because the risk is high, and it is new.")
	s.Approvals.Missing, s.Approvals.Granted = s.Approvals.Missing[1:], []policies.Granted{{Role: "security", Person: "chris"}}
	say("○ Security: `chris` agreed; please also ask `dana` or `eve`, because the risk is high, and it is new.")
	need.From = need.From[:1]
	say("○ Security: `chris` agreed; nobody else can agree at the moment (nobody holds the role; a change of `roles.yaml` has to let somebody hold `security`, and nobody can approve that either: whoever has the root key lands it and runs `levee ledger adopt --governance`). It is needed because the risk is high, and it is new.")
	s.Approvals.Missing = nil
	say("✓ Security: `chris` agreed.")
	s.Approvals.Granted = nil
	say("✓ Security agreed to this before.")
}
