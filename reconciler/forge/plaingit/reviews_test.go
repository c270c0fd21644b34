package plaingit_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/plaingit"
)

const digest = "c1:7f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c1a"

func TestTagsThatGitMakes(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	id := w.tag("bob", "levee/review/publish/hello/bob/1", head,
		"Change: publish/hello", "Verdict: approve", "Digest: hello "+digest, "Digest: @governance "+strings.Replace(digest, "c1", "g1", 1), "Confirms: 7f3a9c1", "", "The retention is fine:", "  30 days.")
	c := w.change(hello)
	if len(c.Reviews) != 1 {
		t.Fatalf("%+v\n%s", c.Reviews, w.problems(hello))
	}
	at := c.Reviews[0].At
	want := forge.Review{
		ID: id, By: w.who("bob"), Review: catalog.Approve, Commit: head, At: at, Witnessed: true, Confirms: "7f3a9c1",
		Digests: map[string]catalog.Digest{"hello": digest, "@governance": catalog.Digest(strings.Replace(digest, "c1", "g1", 1))},
		Text:    "The retention is fine:\n  30 days.",
	}
	if !reflect.DeepEqual(c.Reviews[0], want) || at.IsZero() {
		t.Errorf("the review is\n%+v, want\n%+v", c.Reviews[0], want)
	}
	// A paragraph for each -m, the other way round, in the keys a person would type.
	w.remote.Git(append(w.key("carol").Config(), "tag", "-s", "-m", "No.", "-m", "verdict: Reject", "-m", "change: publish/hello", "levee/review/publish/hello/carol/12", string(head))...)
	w.sync()
	if c := w.change(hello); len(c.Reviews) != 2 || !hasReview(c, w.who("carol"), catalog.Reject) || c.Reviews[1].Digests != nil && c.Reviews[0].Digests != nil {
		t.Errorf("%+v\n%s", c.Reviews, w.problems(hello))
	}
	if out, err := w.remote.TryGit(append(w.key("bob").Config(), "verify-tag", "levee/review/publish/hello/bob/1")...); err != nil {
		t.Errorf("git does not accept what is accepted here: %s", out)
	}
}

func hasReview(c forge.Change, by forge.Identity, verdict catalog.Review) bool {
	for _, r := range c.Reviews {
		if r.By == by && r.Review == verdict {
			return true
		}
	}
	return false
}

func TestTagsThatAreNoReviews(t *testing.T) {
	w := newWorld(t)
	head := string(w.open(hello, "a"))
	w.open("publish/other", "b")
	other := w.sign("bob", "publish/other", w.remote.Branch("publish/other"), catalog.Approve)
	const text = "Change: publish/hello\nVerdict: approve\n"
	// raw writes a tag whose signature is for a purpose and over all but what more
	// adds to the text.
	raw := func(name, purpose string, when time.Time, more string) string {
		body := fmt.Sprintf("object %s\ntype commit\ntag levee/review/publish/hello/%s\ntagger bob <bob@example.com> %d +0000\n\n%s", head, name, when.Unix(), text)
		sig := ""
		if purpose != "" {
			sig = strings.ReplaceAll(w.signFor(purpose, "bob", body), "\n ", "\n") + "\n"
		}
		return strings.TrimSpace(w.remote.GitInput(body+more+sig, "hash-object", "-t", "tag", "-w", "--literally", "--stdin"))
	}
	made := func(name, text, target string) string {
		tag := "levee/review/publish/hello/" + name
		w.remote.Git(append(w.key("bob").Config(), "tag", "-s", "-m", text, tag, target)...)
		defer w.remote.SetRef("refs/tags/"+tag, "")
		return w.remote.Ref("refs/tags/" + tag)
	}
	tree := w.treeOf(w.main())
	for _, tt := range []struct{ name, id, why string }{
		{"lightweight/1", head, "no annotated tag"},
		{"unsigned/1", raw("unsigned/1", "", w.clock, ""), "it is not signed"},
		{"stretched/1", raw("stretched/1", "git", w.clock, "Confirms: 7f3a9c1\n"), "does not fit its content"},
		{"pgp/1", raw("pgp/1", "", w.clock, "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"), "no SSH signature"},
		{"twice/1", raw("twice/1", "git", w.clock, "-----BEGIN SSH SIGNATURE-----\n"), "signatures"},
		{"file/1", raw("file/1", "file", w.clock, ""), "made for another purpose"},
		{"copied/1", other, `made as "levee/review/publish/other/bob/1" and copied here`},
		{"moved/1", made("moved/2", text, head), `made as "levee/review/publish/hello/moved/2"`},
		{"about/1", made("about/1", strings.Replace(text, "hello", "other", 1), head), `about the change "publish/other"`},
		{"nothing/1", made("nothing/1", "LGTM", head), `no line "Change: …"`},
		{"verdict/1", made("verdict/1", "Change: publish/hello\nVerdict: maybe", head), `"Verdict: approve"`},
		{"dismiss/1", made("dismiss/1", "Change: publish/hello\nVerdict: dismiss", head), `"Verdict: approve"`},
		{"both/1", made("both/1", text+"\nVerdict: reject", head), `"verdict" twice`},
		{"digest/1", made("digest/1", text+"Digest: hello 7f3a9c1", head), `is not "Digest: <app> <digest>"`},
		{"digests/1", made("digests/1", text+"Digest: hello "+digest+"\nDigest: hello "+digest, head), `"digest" twice`},
		{"confirms/1", made("confirms/1", text+"Confirms: anything", head), "is no digest"},
		{"x/y", made("x/y", text, head), "does not end in a person and a number"},
		{"x/01", made("x/01", text, head), "does not end in a person and a number"},
		{"tree/1", made("tree/1", text, tree), `points to a "tree"`},
		{"tag/1", made("tag/1", text, other), `points to a "tag"`},
		{"main/1", made("main/1", text, string(w.main())), "which was on main before the change"},
		{"future/1", raw("future/1", "git", w.clock.Add(time.Hour), ""), "in the future"},
		{"huge/1", made("huge/1", text+strings.Repeat("x", 66_000), head), "and may have 65536"},
		{"binary/1", made("binary/1", text+"\xff\xfe", head), "not UTF-8"},
	} {
		ref := "refs/tags/levee/review/publish/hello/" + tt.name
		w.remote.SetRef(ref, tt.id)
		w.sync()
		c := w.change(hello)
		if len(c.Reviews) != 0 {
			t.Errorf("%s is taken for the review %+v", tt.name, c.Reviews)
		}
		if p := w.problems(hello); lines(p, "tags/levee/review/publish/hello/"+tt.name+": ") != 1 || !strings.Contains(p, tt.why) || lines(p, "") != 2 {
			t.Errorf("%s: the problems do not say %q:\n%s", tt.name, tt.why, p)
		}
		w.change(hello)
		if told := lines(w.log.String(), "ref="+ref+" "); told != 1 || strings.Contains(w.log.String(), "xxxxxxxxx") {
			t.Errorf("%s: the operator was told %d times", tt.name, told)
		}
		w.remote.SetRef(ref, "")
	}
	w.sign("bob", hello, catalog.Commit(head), catalog.Approve)
	if c := w.change(hello); len(c.Reviews) != 1 {
		t.Errorf("%+v\n%s", c.Reviews, w.problems(hello))
	}
}

func TestTagsMovedAndDeleted(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	approval := w.sign("bob", hello, head, catalog.Approve)
	captured := w.change(hello)
	ref := "refs/tags/levee/review/publish/hello/bob/1"
	w.remote.SetRef(ref, "")
	w.sync()
	if c := w.change(hello); len(c.Reviews) != 0 {
		t.Errorf("%+v", c.Reviews)
	}
	w.sign("mallory", hello, head, catalog.Reject)
	w.remote.SetRef(ref, w.remote.Ref("refs/tags/levee/review/publish/hello/mallory/1"))
	w.sync()
	c := w.change(hello)
	if len(c.Reviews) != 1 || c.Reviews[0].By != w.who("mallory") || c.Reviews[0].ID == approval {
		t.Errorf("a tag that was moved speaks for another: %+v", c.Reviews)
	}
	if len(captured.Reviews) != 1 || captured.Reviews[0].ID != approval || captured.Reviews[0].By != w.who("bob") {
		t.Errorf("what was captured changed: %+v", captured.Reviews)
	}
	w.remote.SetRef(ref, approval)
	w.sync()
	if c := w.change(hello); len(c.Reviews) != 2 || c.Reviews[0].ID != approval {
		t.Errorf("put back, the review is another: %+v", c.Reviews)
	}
}

func TestReviewsAreByTheirKey(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	w.sign("ada", hello, head, catalog.Approve)
	w.sign("daemon", hello, head, catalog.Approve)
	w.tag("mallory", "levee/review/publish/hello/bob/1", head, "Change: publish/hello", "Verdict: approve")
	c := w.change(hello)
	if len(c.Reviews) != 3 || hasReview(c, w.who("bob"), catalog.Approve) || !hasReview(c, w.who("mallory"), catalog.Approve) {
		t.Errorf("%+v", c.Reviews)
	}
	for _, r := range c.Reviews {
		if r.Bot != (r.By == w.who("daemon")) || r.By == w.who("ada") && r.By != c.Author {
			t.Errorf("%+v", r)
		}
	}
}

func TestReviewsOfAnOlderHead(t *testing.T) {
	w := newWorld(t)
	old := w.open(hello, "a")
	w.sign("bob", hello, old, catalog.Approve)
	w.push(hello, gitrepotest.Change{Write: map[string]string{"a": "2"}, Key: w.key("ada")})
	gone := w.open("publish/gone", "c")
	w.sign("carol", hello, gone, catalog.Approve)
	if c := w.change(hello); len(c.Reviews) != 2 || c.Reviews[0].Commit != old || c.Reviews[1].Commit != gone || c.Head == old {
		t.Errorf("%+v", c)
	}
}

func TestNamesWithinNames(t *testing.T) {
	w := newWorld(t)
	head := w.open("publish/a", "a")
	w.sign("bob", "publish/a", head, catalog.Approve)
	w.tag("bob", "levee/review/publish/a/b/bob/1", head, "Change: publish/a", "Verdict: reject")
	w.tag("bob", "levee/review/publish/a/b/2", head, "Change: publish/a", "Verdict: reject")
	if c := w.change("publish/a"); len(c.Reviews) != 2 || w.problems("publish/a") != "" {
		t.Errorf("%+v\n%s", c.Reviews, w.problems("publish/a"))
	}
	w.remote.SetRef("refs/heads/publish/a", "")
	w.remote.SetRef("refs/heads/publish/a/b", string(head))
	w.sync()
	if c := w.change("publish/a/b"); len(c.Reviews) != 0 || lines(w.problems("publish/a/b"), `about the change "publish/a"`) != 1 {
		t.Errorf("%+v\n%s", c.Reviews, w.problems("publish/a/b"))
	}
}

// signedAs approves the change and returns the name of the tag.
func (w *world) signedAs(person string, head catalog.Commit) string {
	w.t.Helper()
	signed, err := plaingit.Sign(w.t.Context(), w.repo, w.reviewer(person), head, plaingit.Review{Change: hello, Verdict: catalog.Approve})
	if err != nil {
		w.t.Fatal(err)
	}
	return signed.Tag
}

// TestReviewsAmongOthers: whatever lies below the prefix, and wherever a tag stands in
// the way, the reviews of people are given and found.
func TestReviewsAmongOthers(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	var in strings.Builder
	for i := range 5001 {
		fmt.Fprintf(&in, "create refs/tags/levee/review/publish/hello/x/%d %s\n", i+1, head)
	}
	for _, name := range []string{"bob/9223372036854775807", "bob/1", "bob/2/3", "carol", "carol-2"} {
		fmt.Fprintf(&in, "create refs/tags/levee/review/publish/hello/%s %s\n", name, head)
	}
	w.remote.GitInput(in.String(), "update-ref", "--stdin")
	w.sync()
	for person, tag := range map[string]string{"bob": "bob/3", "carol": "carol-3/1", "dave": "dave/1"} {
		if signed := w.signedAs(person, head); signed != "levee/review/publish/hello/"+tag {
			t.Errorf("%s signed %s", person, signed)
		}
	}
	w.sync()
	if c := w.change(hello); len(c.Reviews) != 3 {
		t.Errorf("%+v", c.Reviews)
	}
	if told := w.problems(hello); !strings.Contains(told, "4985 more tags") || strings.Count(told, "\n") > 30 {
		t.Errorf("told: %s", told)
	}
}

// TestATagWhereTheFolderOfAllMustBe: the reviews go elsewhere, or whoever gives one is
// told which tag it is.
func TestATagWhereTheFolderOfAllMustBe(t *testing.T) {
	for _, tag := range []string{"levee", "levee/review", "levee/review/publish", "levee/review/publish/hello"} {
		w := newWorld(t)
		head := w.open(hello, "a")
		w.remote.SetRef("refs/tags/"+tag, string(head))
		w.sync()
		if signed := w.signedAs("bob", head); signed != "levee-review/publish/hello/bob/1" {
			t.Errorf("%s: signed %s", tag, signed)
		}
		w.sync()
		if c := w.change(hello); len(c.Reviews) != 1 {
			t.Errorf("%s: %+v", tag, c.Reviews)
		}
		w.remote.Git("update-ref", "-d", "refs/tags/levee-review/publish/hello/bob/1")
		w.remote.SetRef("refs/tags/levee-review", string(head))
		w.sync()
		_, err := plaingit.Sign(t.Context(), w.repo, w.reviewer("bob"), head, plaingit.Review{Change: hello, Verdict: catalog.Approve})
		if !errors.Is(err, forge.ErrRefused) || !strings.Contains(err.Error(), "--delete refs/tags/"+tag) {
			t.Errorf("%s: %v", tag, err)
		}
	}
}

func TestNamesUsedAgain(t *testing.T) {
	w := newWorld(t)
	approved := w.open(hello, "a")
	w.sign("bob", hello, approved, catalog.Approve) // of what never lands
	w.remote.SetRef("refs/heads/"+hello, "")
	first := w.open(hello, "b")
	w.sign("carol", hello, first, catalog.Approve)
	w.clock = w.clock.Add(time.Minute)
	landing := w.do(land(hello, first)).Commit
	if c := w.change(hello); c.Open || c.Landed != landing || len(c.Reviews) != 2 {
		t.Errorf("%+v", c)
	}
	w.remote.SetRef("refs/heads/"+hello, string(approved))
	w.sync()
	c := w.change(hello)
	if !c.Open || c.Landed != "" || len(c.Reviews) != 0 {
		t.Errorf("a change has the reviews of an earlier one: %+v", c)
	}
	p := w.problems(hello)
	if lines(p, "when another change of this name landed") != 1 || lines(p, "was on main before the change") != 1 {
		t.Errorf("%s", p)
	}
	w.sign("bob", hello, approved, catalog.Approve)
	if c := w.change(hello); len(c.Reviews) != 1 {
		t.Errorf("%+v\n%s", c.Reviews, w.problems(hello))
	}
	w.clock = w.clock.Add(time.Minute)
	second := w.do(land(hello, approved)).Commit
	if c := w.change(hello); c.Landed != second || len(c.Reviews) != 1 || c.Head != approved {
		t.Errorf("%+v", c)
	}
	if r := w.do(land(hello, first)); r.Done || r.Commit != landing {
		t.Errorf("landing the first again gave %+v", r)
	}
}

func TestSignCountsOn(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	mine := w.reviewer("bob")
	for i := range 12 {
		verdict := []catalog.Review{catalog.Approve, catalog.Reject}[i%2]
		signed, err := plaingit.Sign(t.Context(), w.repo, mine, head, plaingit.Review{Change: hello, Verdict: verdict})
		if err != nil || signed.Tag != fmt.Sprintf("levee/review/publish/hello/bob/%d", i+1) {
			t.Fatalf("%+v, %v", signed, err)
		}
	}
	var last time.Time
	for i, r := range w.change(hello).Reviews {
		if !r.At.After(last) || r.Review != []catalog.Review{catalog.Approve, catalog.Reject}[i%2] {
			t.Errorf("the review %d of one second is %+v, after %s", i, r, last)
		}
		last = r.At
	}
}

func TestSignLosesARace(t *testing.T) {
	w := newWorld(t)
	head := w.open(hello, "a")
	before := w.remote.Git("for-each-ref")
	// The mirror does not see that the number is taken.
	w.remote.Git(append(w.key("bob").Config(), "tag", "-s", "-m", "Change: publish/hello\nVerdict: approve", "levee/review/publish/hello/bob/1", string(head))...)
	signed, err := plaingit.Sign(t.Context(), w.repo, w.reviewer("bob"), head, plaingit.Review{Change: hello, Verdict: catalog.Reject})
	if err != nil || signed.Tag != "levee/review/publish/hello/bob/2" || w.remote.Ref("refs/tags/"+signed.Tag) != signed.ID {
		t.Fatalf("%+v, %v", signed, err)
	}
	if got := lines(w.remote.Git("for-each-ref"), "refs/") - lines(before, "refs/"); got != 2 {
		t.Errorf("%d refs are new", got)
	}
	if out, err := w.remote.TryGit(append(w.key("bob").Config(), "verify-tag", signed.Tag)...); err != nil {
		t.Errorf("git does not accept it: %s", out)
	}
	for name, by := range map[string]plaingit.Reviewer{
		"no key":     {Person: "bob", As: w.reviewer("bob").As},
		"no person":  {As: w.reviewer("bob").As, Signer: w.key("bob").Signer},
		"two people": {Person: "bob/carol", As: w.reviewer("bob").As, Signer: w.key("bob").Signer},
		"no name":    {Person: "bob", As: gitrepo.Person{}, Signer: w.key("bob").Signer},
	} {
		if signed, err := plaingit.Sign(t.Context(), w.repo, by, head, plaingit.Review{Change: hello, Verdict: catalog.Reject}); err == nil {
			t.Errorf("%s: %+v", name, signed)
		}
	}
	w.remote.Hook("pre-receive", "echo reviews are closed; exit 1")
	if _, err := plaingit.Sign(t.Context(), w.repo, w.reviewer("bob"), head, plaingit.Review{Change: hello, Verdict: catalog.Reject}); err == nil || !strings.Contains(err.Error(), "reviews are closed") {
		t.Error(err)
	}
}
