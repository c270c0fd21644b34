package main

import (
	"strings"
	"testing"
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
	w.wantSaid("what runs is now deny", "ownership.owner-active")
	w.wantRuns("production", "board=1.0.0", "desk=1.0.0")
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
			w.wantSaid("nobody can agree at the moment (")
		})
	}
}
