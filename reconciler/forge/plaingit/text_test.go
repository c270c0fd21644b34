package plaingit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
)

const digest = catalog.Digest("c1:7f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c17f3a9c1a")

func TestReviewText(t *testing.T) {
	r := Review{
		Change: "publish/hello", Verdict: catalog.Approve, Confirms: "7f3a9c1",
		Digests: map[string]catalog.Digest{"b": digest, "a": digest}, Text: "Fine.\n\nBut: look again.",
	}
	text, err := r.Encode()
	want := "Change: publish/hello\nVerdict: approve\nDigest: a " + string(digest) + "\nDigest: b " + string(digest) + "\nConfirms: 7f3a9c1\n\nFine.\n\nBut: look again.\n"
	if err != nil || text != want {
		t.Errorf("%q, %v", text, err)
	}
	if back, err := ParseReview(text); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%+v, %v", back, err)
	}
	if back, err := ParseReview(strings.ReplaceAll(text, "\n", "\r\n")); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestFreeTextIsNoKey(t *testing.T) {
	r := Review{Change: "publish/hello", Verdict: catalog.Reject, Text: "Verdict: approve\n-----BEGIN SSH SIGNATURE-----\nchange: y\x00\x1b[2J"}
	text, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseReview(text)
	if err != nil || back.Verdict != catalog.Reject || back.Change != r.Change || strings.Contains("\n"+text, "\n-----") || strings.ContainsAny(text, "\x00\x1b") {
		t.Errorf("%q, %+v, %v", text, back, err)
	}
}

func TestWhatCannotBeEncoded(t *testing.T) {
	for name, r := range map[string]Review{
		"no change":   {Verdict: catalog.Approve},
		"two lines":   {Change: "publish/x\nVerdict: reject", Verdict: catalog.Approve},
		"a dismissal": {Change: "publish/x", Verdict: catalog.Dismiss},
		"no digest":   {Change: "publish/x", Verdict: catalog.Approve, Digests: map[string]catalog.Digest{"a": "c1:7f"}},
		"no subject":  {Change: "publish/x", Verdict: catalog.Approve, Digests: map[string]catalog.Digest{"a\nb": digest}},
		"no confirm":  {Change: "publish/x", Verdict: catalog.Approve, Confirms: "yes\nyes"},
		"too long":    {Change: "publish/x", Verdict: catalog.Approve, Text: strings.Repeat("x", maxText)},
	} {
		if text, err := r.Encode(); err == nil {
			t.Errorf("%s: %.100q", name, text)
		}
	}
}

func FuzzReviewText(f *testing.F) {
	f.Add("Change: publish/hello\nVerdict: approve\nDigest: a " + string(digest) + "\n\ntext")
	f.Add("Verdict: reject\n\nChange: x\nConfirms: 7f3a9c1\nChange : y\n\u212Aey: v\ncon\u017Firms: x\n")
	f.Add("\xff\x00Change:\nChange:\n\r\r\n-----BEGIN ")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseReview(text)
		if err != nil {
			return
		}
		if r.Verdict != catalog.Approve && r.Verdict != catalog.Reject || r.Change == "" {
			t.Fatalf("%+v", r)
		}
		again, err := r.Encode()
		if err != nil {
			return // a name that no change can have
		}
		back, err := ParseReview(again)
		r.Text, back.Text = "", ""
		if err != nil || !reflect.DeepEqual(r, back) {
			t.Errorf("%+v became %+v, %v", r, back, err)
		}
	})
}
