package main

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// leave makes people leave, by a change of governance that the platform agreed to.
func (w *world) leave(people ...string) {
	w.t.Helper()
	roles := w.remote.Read("main", "roles.yaml")
	for _, person := range people {
		roles = strings.Replace(roles, person+": {name: "+person+",", person+": {name: "+person+", left: true,", 1)
	}
	w.publish("eve", "leave", map[string]string{"roles.yaml": roles})
	w.pass()
	w.approve("chris", "leave")
	w.pass()
	w.wantSaid("landed as")
}

// TestOwnerLeft: when an owner leaves, everybody who answers for the app is told with the
// next pass, with that reason, once; and again of nothing after a restart.
func TestOwnerLeft(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board", "desk")
	seen := 0
	w.pass()
	w.pass()
	w.leave("ana")
	w.pass()
	wantTold(t, fake, &seen,
		"ben@example.com: Board has lost its owner", "chris@example.com: Board has lost its owner",
		"ben@example.com: Board has lost its owner", "chris@example.com: Board has lost its owner", // the other of that title
	)
	for range 3 {
		w.pass()
	}
	w.morning(3, 12)
	wantTold(t, fake, &seen)
	w.must("status", "board")
	w.wantSaid("what runs is now deny", "ownership.owner-active", "its owner `ana` no longer works here; until there is another, `ben` answers for it")
	w.must("status")
	w.wantSaid("its owner `ana` no longer works here; until there is another, `ben` answers for it")
	w.wantRuns("production", "board=1.0.0", "desk=1.0.0")
	w.wantAudit()
}

// TestNobodyIsLeftToAnswer: the people of a team are told of its app's owner who left, and
// the owner of a fallback who did.
func TestNobodyIsLeftToAnswer(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	fake := notifiertest.New(w.now)
	w.sender = fake
	roles := strings.Replace(rolesFile(w.keys), "members: [ana, ben]", "members: [ana, dana, ben]", 1)
	w.found(map[string]string{
		"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board"),
	})
	seen := 0
	w.pass()
	w.pass()
	w.leave("ben")
	w.pass()
	told := []string{"ana@example.com: Board has lost its fallback owner", "chris@example.com: Board has lost its fallback owner", "dana@example.com: Board has lost its fallback owner"}
	wantTold(t, fake, &seen, told...)
	w.pass()
	w.must("status")
	w.wantSaid("its fallback owner `ben` no longer works here, so nobody stands in for `ana`")
	w.leave("ana")
	w.pass()
	wantTold(t, fake, &seen, "chris@example.com: Board has lost its owner", "dana@example.com: Board has lost its owner")
	w.pass()
	w.morning(3, 12)
	wantTold(t, fake, &seen)
	w.must("status", "board")
	w.wantSaid("its owner `ana` no longer works here; nobody answers for it, or can renew it, until there is another")
	w.publish("dana", "renew", map[string]string{boardPath("board"): boardFile("board", "ttl: 30d}", "ttl: 30d, renewed: 2026-03-12}")})
	w.pass()
	w.wantSaid("approval by owner: the app is renewed on `2026-03-12`; nobody can give it: `ana` no longer works here, `ben` no longer works here; let `dana` first name an owner who works here, in a change of its own")
	w.leave("dana")
	w.must("status", "publish/renew")
	w.wantSaid("nobody of its team could name another owner; a change of `roles.yaml` has to bring somebody into the team `ops`, which `chris` can approve")
	w.wantAudit()
}

// TestContainmentIsTold: whoever answers for an app is told that it was contained, by
// whom and why, and that it goes on.
func TestContainmentIsTold(t *testing.T) {
	t.Parallel()
	w, fake := lifeWorld(t, "board")
	seen := 0
	w.pass()
	w.must("quarantine", "board", "--reason", "it leaks", "--key", w.keys["eve"].File)
	w.pass()
	wantTold(t, fake, &seen, "ana@example.com: Board was contained", "ben@example.com: Board was contained", "chris@example.com: Board was contained")
	if text := fake.Sent()[0].Notice.Text; !strings.Contains(text, "contained by eve: it leaks") {
		t.Errorf("it says %q", text)
	}
	w.pass()
	w.morning(3, 12)
	wantTold(t, fake, &seen)
	w.must("release", "board", "--reason", "it does not", "--key", w.keys["eve"].File)
	w.pass()
	w.pass()
	for _, m := range fake.Sent() {
		if m.Notice.Title != "Board goes on" || m.Edits != 1 {
			t.Errorf("after its release: %+v", m)
		}
	}
	w.wantAudit()
}

// TestNobodyCanApprove: an approval that nobody can give says so, of each who might have
// why not, and who could change that.
func TestNobodyCanApprove(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		roles []string // pairs of old and new
		says  string
	}{
		"its holder left": {[]string{"ben: {name: ben,", "ben: {name: ben, left: true,"},
			"nobody can give it: `ben` no longer works here; a change of `roles.yaml` has to let somebody hold `product-owner`, which `chris` can approve"},
		"nobody holds it": {[]string{"    product-owner: [{person: ben, teams: [ops]}]\n", ""},
			"nobody can give it: nobody holds the role; a change of `roles.yaml` has to let somebody hold `product-owner`, which `chris` can approve"},
		"it is for another team": {[]string{"{person: ben, teams: [ops]}", "{person: ben, teams: [finance]}", "  roles:\n", "    finance: {members: [ben]}\n  roles:\n"},
			"nobody can give it: nobody holds the role"},
		"its holder has no key":  {[]string{"KEY-ben", ""}, "nobody can give it: `ben` has no key listed"},
		"its holder is a bot":    {[]string{"ben: {name: ben,", "ben: {name: ben, bot: true,"}, "nobody can give it: `ben` is a bot"},
		"its holder asks for it": {[]string{"{person: ben, teams: [ops]}", "{person: ana}"}, "nobody can give it: `ana` had a hand in this; if somebody else asks for this change, `ana` can agree to it"},
		"and nobody can change that": {[]string{"ben: {name: ben,", "ben: {name: ben, left: true,", "chris: {name: chris,", "chris: {name: chris, left: true,"},
			"and nobody can approve that either: whoever has the root key lands it and runs `levee ledger adopt --governance`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t)
			roles := rolesFile(w.keys)
			for i := 0; i < len(test.roles); i += 2 {
				old := test.roles[i]
				if person, ok := strings.CutPrefix(old, "KEY-"); ok {
					old = `"` + w.keys[person].Public.String() + `"`
				}
				if !strings.Contains(roles, old) {
					t.Fatalf("the roles have no %q", old)
				}
				roles = strings.Replace(roles, old, test.roles[i+1], 1)
			}
			w.found(map[string]string{
				"catalog.yaml": settingsFile, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board", "fallback: ben", "fallback: dana"),
			})
			w.pass()
			w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", append(medium("1.1.0"), "fallback: ben", "fallback: dana")...)})
			w.pass()
			w.wantSaid("approval by product-owner: the risk is medium; ", test.says)
			w.must("status", "publish/x")
			w.wantSaid("nobody can agree at the moment (", "as long as nobody can agree, nothing does")
		})
	}
}

// TestOneForTwo: who holds two roles counts in one of them, so that an approval which each
// could give for itself may be one that nobody can.
func TestOneForTwo(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	settings := settingsFile + "  gates: {medium: {approvals: [security, dpo]}}\n"
	roles := strings.Replace(rolesFile(w.keys), "security: [{person: chris}, {person: dana}]", "security: [{person: dana}]", 1)
	w.found(map[string]string{"catalog.yaml": settings, "roles.yaml": roles, "blueprints/page/1/blueprint.yaml": blueprintFile, boardPath("board"): boardFile("board")})
	w.pass()
	w.publish("ana", "x", map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	w.pass()
	w.wantSaid("ask dana", "nobody can give it: `dana` counts once, and is needed for another of these; a change of `roles.yaml` has to let somebody hold `security`, which `chris` can approve")
	w.approve("dana", "x")
	w.pass()
	w.wantSaid("nobody can give it: `dana` agreed already; a change of `roles.yaml` has to let somebody hold `security`")
}
