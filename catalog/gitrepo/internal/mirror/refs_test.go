package mirror

import (
	"strings"
	"testing"
)

func TestValidRef(t *testing.T) {
	for _, name := range []string{"refs/heads/main", "refs/heads/a/b-c_d.e", "refs/pull/1/head", "refs/heads/ü", "refs/heads/@"} {
		if !ValidRef(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{
		"", "HEAD", "refs", "refs/", "refs//x", "refs/x/", "refs/../x", "refs/heads/.x", "refs/x.lock", "refs/x.lock/y",
		"refs/a b", "refs/a\x00", "refs/a\n", "refs/a~1", "refs/a^", "refs/a:b", "refs/a?", "refs/a*", "refs/a[", `refs/a\b`,
		"refs/a@{1}", "refs/a.", "/refs/x", "refs/" + strings.Repeat("x", 2000), "refs/a\x7f",
	} {
		if ValidRef(name) {
			t.Errorf("%q is taken", name)
		}
	}
	for pattern, names := range map[string][2]string{
		"refs/heads/*": {"refs/heads/a/b", "refs/heads/"}, "refs/pull/*/head": {"refs/pull/7/head", "refs/pull/7/merge"},
		"refs/heads/main": {"refs/heads/main", "refs/heads/main2"},
	} {
		if !matchRef(pattern, Ref(names[0])) || matchRef(pattern, Ref(names[1])) {
			t.Errorf("%q matches wrong", pattern)
		}
	}
}
