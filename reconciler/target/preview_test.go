package target_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target"
)

func TestMasked(t *testing.T) {
	const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----\nafter"
	for _, test := range []struct{ text, want string }{
		{`"password": "hunter2",`, `"password": "•••",`},
		{`password = hunter2 and more`, `password = •••`},
		{`DB_PASSWORD=hunter2`, `DB_PASSWORD=•••`},
		{`{"apiKey":"a","x":1}`, `{"apiKey":"•••","x":1}`},
		{`dsn: postgres://app:hunter2@db/x`, `dsn: •••`},
		{`url: postgres://app:hunter2@db/x`, `url: postgres://•••@db/x`},
		{`run --token hunter2 --verbose`, `run --token ••• --verbose`},
		{`Authorization: Bearer abcdefghijkl`, `Authorization: •••`},
		{`curl -H "X: bearer abcdefghijkl"`, `curl -H "X: bearer •••"`},
		{`x: ghp_abcdefghijklmnopqrstuvwxyz012345`, `x: •••`},
		{`x: AKIAIOSFODNN7EXAMPLE`, `x: •••`},
		{`x: wJa1rXUtnFEMI7KMDENGbPxRf1CYEX9MPLEKEY`, `x: •••`},
		{"password: |\n  hunter2\n  more\nname: x", "password: |\n  •••\n  •••\nname: x"},
		{pem, "•••\n•••\n•••\n•••\nafter"},
		// What is told of apps all day long stays.
		{`"secrets": [`, `"secrets": [`},
		{`"secrets": [{"name":"PAYMENT_API_KEY","store":"vault","path":"kv/fin/payment"}]`, `"secrets": [{"name":"PAYMENT_API_KEY","store":"vault","path":"kv/fin/payment"}]`},
		{`registry.example.com/x@sha256:7f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c1`, `registry.example.com/x@sha256:7f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c1`},
		{`the-quick-brown-fox-jumps-over-the-lazy-dog-2`, `the-quick-brown-fox-jumps-over-the-lazy-dog-2`},
		{`"token": null`, `"token": null`},
		{`"password": ""`, `"password": ""`},
	} {
		if got := target.Masked(test.text); got != test.want {
			t.Errorf("%q is shown as\n%q, not\n%q", test.text, got, test.want)
		}
	}
}

func TestDifference(t *testing.T) {
	many := strings.Repeat("line\n", 500)
	for name, test := range map[string]struct{ was, is, want string }{
		"the same": {"a\n", "a\n", ""},
		"no text":  {"a\n", "\xff\n", ""},
		"new":      {"", "a\nb\n", "@@ -1 +1 @@\n+a\n+b\n"},
		"gone":     {"a\n", "", "@@ -1 +1 @@\n-a\n"},
		"a line":   {"a\nb\nc\n", "a\nB\nc\n", "@@ -1 +1 @@\n a\n-b\n+B\n c\n"},
		// That a secret is another is said, and not which.
		"a secret":  {"token: abc\n", "token: abd\n", "@@ -1 +1 @@\n-token: •••\n+token: •••\n"},
		"a block":   {"secret: |\n  a\n  b\nx: 1\n", "secret: |\n  a\n  c\nx: 1\n", "@@ -2 +2 @@\n   •••\n-  •••\n+  •••\n x: 1\n"},
		"no end":    {"a", "b", "@@ -1 +1 @@\n-a\n+b\n"},
		"control":   {"", "a\x1b[2Jb\u202e\n", "@@ -1 +1 @@\n+a�[2Jb�\n"},
		"long line": {"", strings.Repeat("é", 500) + "\n", "@@ -1 +1 @@\n+" + strings.Repeat("é", 200) + "…\n"},
		"many":      {"", many, "@@ -1 +1 @@\n" + strings.Repeat("+line\n", 79) + "… 421 lines more\n"},
		"huge":      {"", strings.Repeat("x", 2<<20), "… too large to be compared\n"},
	} {
		if got := target.Difference([]byte(test.was), []byte(test.is)); got != test.want {
			t.Errorf("%s: %q, not %q", name, got, test.want)
		}
	}
}

// TestDifferenceIsTrue: every line of a difference is the one that stands at its place, before
// and after, however changes lie to each other.
func TestDifferenceIsTrue(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		var was, is []string
		for i := range 10 + rng.IntN(30) {
			line := fmt.Sprintf("line %d", i)
			switch rng.IntN(8) {
			case 0:
				was = append(was, line)
			case 1:
				is = append(is, line)
			case 2:
				was, is = append(was, line), append(is, line+" changed")
			default:
				was, is = append(was, line), append(is, line)
			}
		}
		text := target.Difference([]byte(strings.Join(was, "\n")+"\n"), []byte(strings.Join(is, "\n")+"\n"))
		from, to, told := 0, 0, 0
		next := func(lines []string, at *int, want string) {
			if *at >= len(lines) || lines[*at] != want {
				t.Fatalf("%q does not stand at %d of %q:\n%s", want, *at, lines, text)
			}
			*at++
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if _, err := fmt.Sscanf(line, "@@ -%d +%d @@", &from, &to); err == nil {
				from, to = from-1, to-1
				continue
			}
			told++
			if line[0] != '+' {
				next(was, &from, line[1:])
			}
			if line[0] != '-' {
				next(is, &to, line[1:])
			}
		}
		if (told == 0) != slices.Equal(was, is) {
			t.Fatalf("%d lines are told of\n%q\n%q", told, was, is)
		}
	}
}

func TestNewPreview(t *testing.T) {
	var items []target.Item
	for i := range 120 {
		items = append(items, target.Item{Verb: target.ItemCreate, What: fmt.Sprint(i), Words: "token=abc\n" + strings.Repeat("x", 300), Diff: strings.Repeat("+ line\n", 1000)})
	}
	p := target.NewPreview(items)
	size := 0
	for _, item := range p.Items {
		size += len(item.What) + len(item.Words) + len(item.Diff)
		if strings.Contains(item.Words, "abc") {
			t.Errorf("it shows %q", item.Words)
		}
	}
	if len(p.Items) != 50 || p.More != 70 || size > 64<<10 {
		t.Errorf("%d items, %d more, %d bytes", len(p.Items), p.More, size)
	}
	if last := p.Items[49].Diff; last != "… 1000 lines, not shown here\n" {
		t.Errorf("what has no room is shown as %q", last)
	}
	if p := target.NewPreview(nil); p.Items == nil || len(p.Items) != 0 {
		t.Errorf("nothing to do is %+v", p)
	}
}
