package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// wantTold compares the comments that were made beside the verdict: how many, and
// words of the last.
func (w *hubWorld) wantTold(number, count int, words ...string) {
	w.t.Helper()
	told := w.told(number)
	if len(told) != count {
		w.t.Fatalf("told were %d, want %d:\n%s", len(told), count, strings.Join(told, "\n"))
	}
	for _, word := range words {
		if !strings.Contains(told[count-1], word) {
			w.t.Errorf("%q is not in %q", word, told[count-1])
		}
	}
}

// quiet makes a pass in which nothing may be written, neither at GitHub nor on record.
func (w *hubWorld) quiet() {
	w.t.Helper()
	w.clock = w.clock.Add(3 * time.Minute) // past every claim
	writes, records := w.hub.Writes(), len(w.log())
	w.pass()
	for range 3 { // a verdict does not wait long for targets, and what they say late is shown by a later pass
		if w.hub.Writes() == writes {
			break
		}
		writes = w.hub.Writes()
		w.pass()
	}
	if n := w.hub.Writes() - writes; n != 0 {
		w.t.Errorf("a pass in which nothing changed wrote %d times at GitHub", n)
	}
	if n := len(w.log()) - records; n != 0 {
		w.t.Errorf("a pass in which nothing changed recorded %d facts: %q", n, w.log()[records:])
	}
}

// TestMentionOnceWithManyChanges: what was said is known as long as the change is open,
// however many others wait for the same people.
func TestMentionOnceWithManyChanges(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
	w.pass()
	for i := range 40 {
		w.propose("ana", fmt.Sprint("branch-", i), map[string]string{boardPath("board"): boardFile("board", medium(fmt.Sprint("1.1.", i))...)})
	}
	w.pass()
	w.quiet()
	for number := range 40 {
		w.wantTold(number+1, 1, "@ben")
	}
}

// TestMentionOnce: people are told in a comment of its own when a change first
// waits for them, and never again: not with the next pass, not after a restart, not by
// a second replica.
func TestMentionOnce(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
	w.write("two.yaml", strings.Replace(w.read("levee.yaml"), "holder: one", "holder: two\ndata: data-two", 1))
	path := boardPath("board")
	app := func(version string, more ...string) map[string]string {
		return map[string]string{path: boardFile("board", append(medium(version), more...)...)}
	}
	tooBig := []string{"runtime: {type: static}", "runtime: {type: static, memory: 2Gi}"}
	w.pass()

	number := w.propose("ana", "people", app("1.1.0", tooBig...))
	w.pass()
	w.wantTold(number, 0) // the author has the first comment
	w.quiet()

	w.pushTo(number, "ana", "people", app("1.1.0"))
	w.pass()
	w.wantTold(number, 1, "@ben, this change waits for you", "the product owner has to agree to `board`, because the risk is medium")
	w.quiet()
	records := len(w.log())
	if code := run(t.Context(), []string{"reconcile", "--once", "--config", w.dir + "/two.yaml"}, terminal.IO{Out: &w.out, Err: &w.out, Now: w.now, Sleep: w.sleep}); code != exit.CodeFine {
		t.Fatalf("the second replica: exit code %d\n%s", code, &w.out)
	}
	w.wantTold(number, 1)
	if n := len(w.log()); n != records {
		t.Errorf("the second replica recorded %q", w.log()[records:])
	}

	w.clock = w.clock.Add(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "", "")
	w.pass()
	w.wantTold(number, 1)
	if c := w.comment(number); !strings.Contains(c, "✓ The product owner: `ben` agreed.") {
		t.Errorf("the comment is\n%s", c)
	}

	w.pushTo(number, "ana", "people", app("1.2.0", tooBig...))
	w.pass()
	w.wantTold(number, 2, "@ana, this was fine before", "Line 10: This app asks for `2Gi` of memory", "Write `1Gi` or less.")
	w.quiet()

	w.pushTo(number, "ana", "people", app("1.3.0"))
	w.pass()
	w.wantTold(number, 2) // ben was told that he is asked, and is asked again
	if asked := w.hub.Requested(number); len(asked) != 1 || asked[0] != "ben" {
		t.Errorf("asked for a review: %v", asked)
	}
	w.clock = w.clock.Add(5 * time.Minute)
	w.hub.Review(number, "ben", "APPROVED", "", "")
	w.pass()
	w.pushTo(number, "ana", "people", app("1.4.0", tooBig...))
	w.pass()
	w.wantTold(number, 2) // the same again
	w.wantAudit()
}

// TestMentionOfSeveral: those of two roles are told together, and who is left is not
// told again when the first has agreed.
func TestMentionOfSeveral(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
	w.pass()
	number := w.propose("ana", "network", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "groups: [everyone]", "groups: [everyone], scopes: [external-network]")})
	w.pass()
	w.wantTold(number, 1, "@chris and @dana, this change waits for you", "the data protection officer has to agree", "and security has to agree")
	w.clock = w.clock.Add(5 * time.Minute)
	w.hub.Review(number, "chris", "APPROVED", "", "")
	w.pass()
	w.wantTold(number, 1)
	w.quiet()
	w.wantAudit()
}

// TestMentionOfNobody: who has no account that roles.yaml lists is not asked, nor are
// those who left; the comment says why nobody can agree, and an author whose reviewer is
// gone is told that once.
func TestMentionOfNobody(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	roles := strings.Replace(rolesFile(w.keys), "github: dana, ", "", 1)
	roles = strings.Replace(roles, "security: [{person: chris}, {person: dana}]", "security: [{person: eve}]", 1)
	w.found(map[string]string{"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board")})
	h := onHub(w, asApp, "mergeWhenApproved: false\n")
	h.pass()
	number := h.propose("ana", "network", map[string]string{boardPath("board"): boardFile("board", "version: 1.0.0", "version: 1.1.0", "groups: [everyone]", "groups: [everyone], scopes: [external-network]")})
	h.pass()
	if text := h.comment(number); !strings.Contains(text, "nobody can agree at the moment (`dana` has no account listed; a change of `roles.yaml` has to let somebody hold `dpo`, which `chris` can approve)") {
		t.Errorf("the comment says:\n%s", text)
	}
	h.wantTold(number, 1, "@eve, this change waits for you")
	h.push(map[string]string{"roles.yaml": strings.Replace(roles, "eve: {name: eve,", "eve: {name: eve, left: true,", 1)})
	h.must("ledger", "adopt", "--governance", "--root-key", h.keys["root"].File, "--reason", "she left", "--main", string(h.remote.Branch("main")))
	h.pass()
	h.wantTold(number, 2, "@ana, security was asked to agree to `board`, and now nobody can: `eve` no longer works here; a change of `roles.yaml` has to let somebody hold `security`, which `chris` can approve.")
	h.pass()
	h.wantTold(number, 2)
}

// TestMentionIsClaimed: whoever died with the claim to tell somebody keeps others from
// it as long as the claim lasts, and no longer.
func TestMentionIsClaimed(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
	w.pass()
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	dead := false
	w.intercept = func(what string, effect func() error) error {
		if dead = dead || strings.HasPrefix(what, "forge"); dead {
			return errKilled
		}
		return effect()
	}
	w.later(time.Minute)
	if code := w.levee("reconcile", "--once"); code == exit.CodeFine || !dead {
		t.Fatalf("it did not die: exit code %d\n%s", code, &w.out)
	}
	w.intercept = nil
	w.pass()
	w.wantTold(number, 0)
	w.later(2 * time.Minute)
	w.pass()
	w.wantTold(number, 1, "@ben")
	w.quiet()
	w.wantAudit()
}

// TestDraftsAreLeftAlone: nobody is told while its author is not done.
func TestDraftsAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: false\n")
	w.pass()
	number := w.propose("ana", "people", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.hub.Draft(number, true)
	w.pass()
	w.wantTold(number, 0)
	if asked := w.hub.Requested(number); len(asked) != 0 || !strings.Contains(w.comment(number), "marked as a draft") {
		t.Errorf("asked for a review: %v\n%s", asked, w.comment(number))
	}
	w.hub.Draft(number, false)
	w.pass()
	w.wantTold(number, 1, "@ben")
	w.quiet()
}

// TestSettling: an approval that came before its giver can have read the verdict is
// answered, and counts once they say which content they mean, or approve again.
// Nobody can say so for them.
func TestSettling(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(w *hubWorld, number int, digest string){
		"by a command": func(w *hubWorld, number int, digest string) {
			w.hub.Comment(number, "ben", "/levee confirm "+digest+"\nI did read it.")
		},
		"by a second review": func(w *hubWorld, number int, _ string) {
			w.clock = w.clock.Add(2 * time.Minute)
			w.hub.Review(number, "ben", "APPROVED", "again", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := onHub(newWorld(t, "board"), asApp, "mergeWhenApproved: true\n")
			path := boardPath("board")
			w.pass()
			number := w.propose("ana", "people", map[string]string{path: boardFile("board", medium("1.1.0")...)})
			w.pass()
			w.clock = w.clock.Add(5 * time.Minute)
			w.pushTo(number, "ana", "people", map[string]string{path: boardFile("board", medium("1.2.0")...)})
			w.clock = w.clock.Add(10 * time.Second)
			w.hub.Review(number, "ben", "APPROVED", "", "") // who looked at 1.1.0
			w.pass()
			w.wantRuns("staging", "board=1.0.0")
			_, rest, _ := strings.Cut(w.comment(number), "<sub>content `")
			digest := rest[:7]
			w.wantTold(number, 2, "@ben, the content changed while you were reading", "`/levee confirm "+digest+"`")
			if c := w.comment(number); !strings.Contains(c, "`ben` approved too soon") {
				t.Errorf("the comment is\n%s", c)
			}
			w.quiet()

			w.hub.Account("mallory", "mallory@example.com")
			w.hub.App("helper", 8, 88, &appKey().PublicKey)
			w.hub.App("levee", 7, 77, &appKey().PublicKey)
			for _, stranger := range []string{"ana", "chris", "mallory", "helper[bot]"} {
				w.hub.Comment(number, stranger, "/levee confirm "+digest)
				w.hub.Comment(number, stranger, "/levee recheck")
			}
			w.hub.Comment(number, "ben", "> /levee confirm "+digest)
			w.hub.Comment(number, "ben", "/levee confirm 0000000")
			w.quiet()
			w.wantRuns("staging", "board=1.0.0")

			settle(w, number, digest)
			w.pass()
			w.wantSaid("landed as")
			w.wantRuns("staging", "board=1.2.0")
			w.wantTold(number, 2)
			w.wantAudit()
		})
	}
}
