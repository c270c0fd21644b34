package main

import (
	"strings"
	"testing"
)

// TestAttackOwnPushAmongMany: whoever pushed past the check cannot approve that
// afterwards, however many commits came since the app was admitted.
func TestAttackOwnPushAmongMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	w.pass()
	commit := func(who, tree, message string) {
		who += " <" + who + "@example.com> 1773133200 +0000"
		raw := "tree " + tree + "\nparent " + string(w.remote.Branch("main")) + "\nauthor " + who + "\ncommitter " + who + "\n\n" + message + "\n"
		w.remote.SetRef("refs/heads/main", strings.TrimSpace(w.remote.GitInput(raw, "hash-object", "-t", "commit", "-w", "--stdin")))
	}
	same := strings.TrimSpace(w.remote.Git("rev-parse", "main^{tree}"))
	for range 210 {
		commit("ana", same, "Say nothing")
	}
	w.push(map[string]string{boardPath("board"): boardFile("board", medium("1.1.0")...)})
	pushed := strings.TrimSpace(w.remote.Git("rev-parse", "main^{tree}"))
	w.remote.SetRef("refs/heads/main", strings.TrimSpace(w.remote.Git("rev-parse", "main^")))
	commit("ben", pushed, "Quickly")
	w.pass()
	branch := strings.TrimSpace(w.remote.Git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/heads/publish/"))
	w.approve("ben", branch)
	w.approve("ana", branch)
	w.pass()
	w.wantSaid("the approval by ben does not count: its giver had a hand in this content")
	w.wantRuns("staging", "board=1.0.0")
	w.wantAudit()
}
