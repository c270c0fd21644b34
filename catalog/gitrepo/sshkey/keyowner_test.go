package sshkey

import (
	"io/fs"
	"testing"
)

// TestExposed: a key is for its owner alone, or for the group by which it was given to somebody
// who does not own it.
func TestExposed(t *testing.T) {
	for mode, want := range map[fs.FileMode]struct{ own, other bool }{
		0o400: {false, false}, 0o600: {false, false}, 0o440: {true, false}, 0o640: {true, false},
		0o660: {true, true}, 0o444: {true, true}, 0o604: {true, true}, 0o450: {true, true},
	} {
		if own, other := exposed(mode, false), exposed(mode, true); own != want.own || other != want.other {
			t.Errorf("a key with mode %04o is exposed: %v of one's own, %v of somebody else's", mode, own, other)
		}
	}
}
