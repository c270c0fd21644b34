package review_test

import (
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

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
			w := reconcilertest.Empty(t)
			roles := reconcilertest.Roles(w.Keys)
			for i := 0; i < len(test.roles); i += 2 {
				old := test.roles[i]
				if person, ok := strings.CutPrefix(old, "KEY-"); ok {
					old = `"` + w.Keys[person].Public.String() + `"`
				}
				if !strings.Contains(roles, old) {
					t.Fatalf("the roles have no %q", old)
				}
				roles = strings.Replace(roles, old, test.roles[i+1], 1)
			}
			w.FoundWith(reconcilertest.BoardFile("board", "fallback: ben", "fallback: dana"), reconcilertest.Files{"roles.yaml": roles})
			w.Pass()
			w.Publish("ana", "x", reconcilertest.BoardFile("board", append(reconcilertest.Medium("1.1.0"), "fallback: ben", "fallback: dana")...))
			w.Pass()
			w.WantTold("approval by product-owner: the risk is medium; ", test.says)
			w.WantPreview("x", "nobody can agree at the moment (", "as long as nobody can agree, nothing does")
		})
	}
}

// TestOneForTwo: who holds two roles counts in one of them, so that an approval which each
// could give for itself may be one that nobody can.
func TestOneForTwo(t *testing.T) {
	t.Parallel()
	w := reconcilertest.Empty(t)
	settings := reconcilertest.Settings + "  gates: {medium: {approvals: [security, dpo]}}\n"
	roles := strings.Replace(reconcilertest.Roles(w.Keys), "security: [{person: chris}, {person: dana}]", "security: [{person: dana}]", 1)
	w.FoundWith(reconcilertest.BoardFile("board"), reconcilertest.Files{"catalog.yaml": settings, "roles.yaml": roles})
	w.Pass()
	w.Publish("ana", "x", reconcilertest.BoardFile("board", reconcilertest.Medium("1.1.0")...))
	w.Pass()
	w.WantTold("ask dana", "nobody can give it: `dana` counts once, and is needed for another of these; a change of `roles.yaml` has to let somebody hold `security`, which `chris` can approve")
	w.Approve("dana", "x")
	w.Pass()
	w.WantTold("nobody can give it: `dana` agreed already; a change of `roles.yaml` has to let somebody hold `security`")
}
