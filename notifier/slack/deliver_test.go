package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

func TestReplaces(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(w *world, ts string)
		edits bool
	}{
		{"as it is", func(*world, string) {}, true},
		{"deleted", func(w *world, ts string) { w.delete("C8/" + ts) }, false},
		{"no longer ours", func(w *world, _ string) { w.rooms["C8"].Messages[0].Bot = "B2" }, false},
		{"too old", func(w *world, _ string) {
			w.instead("chat.update", answer{body: `{"ok":false,"error":"edit_window_closed"}`})
		}, false},
		{"of another app", func(w *world, _ string) {
			w.instead("chat.update", answer{body: `{"ok":false,"error":"message_not_owned_by_app"}`})
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			first := w.send(notice("a", ops))
			if want := time.Unix(w.time().Unix(), 1000); !first.At.Equal(want) {
				t.Errorf("it arrived at %s, not %s", first.At, want)
			}
			c.set(w, first.Message[3:])
			w.pass(60e9)
			n := replacing(notice("b", ops), first.Message)
			r := w.send(n)
			if edited := r.Message == first.Message; edited != c.edits || !strings.HasPrefix(r.Message, "C8/") {
				t.Errorf("%+v became %+v", first, r)
			}
			if d := w.time().Sub(r.At).Abs(); d >= 1e9 {
				t.Errorf("it arrived %s from now", d)
			}
			if found := w.send(again(notice("b", ops))); !found.Found || found.Message != r.Message {
				t.Errorf("%+v was found as %+v", r, found)
			}
		})
	}
}

func TestReplacesUnknown(t *testing.T) {
	w := newWorld(t)
	first := w.send(notice("a", ops))
	w.instead("chat.update", answer{status: 500}, answer{status: 429, retryAfter: "9"}, answer{body: `{"ok":false,"error":"is_archived"}`}, answer{body: `{"ok":false,"error":"is_archived"}`})
	n := replacing(notice("b", ops), first.Message)
	w.fails(n, nil, "500")
	w.fails(n, notifier.ErrLater)
	w.fails(n, notifier.ErrAddress, "archived")
	if n := w.asked("chat.postMessage"); n != 1 {
		t.Errorf("it was sent anew: %d", n)
	}
}

// TestRefusedBlocks: where Slack refuses the blocks, the plain text is sent.
func TestRefusedBlocks(t *testing.T) {
	for _, code := range []string{"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"} {
		for _, method := range []string{"chat.postMessage", "chat.update"} {
			w := newWorld(t)
			first := w.send(notice("warm", ops))
			n := notice("a", ops)
			if n.Actions = []notifier.Action{{Label: "Keep it", Command: "levee status <app>"}}; method == "chat.update" {
				n.Replaces = first.Message
			}
			w.instead(method, answer{body: `{"ok":false,"error":"` + code + `"}`})
			r := w.send(n)
			for _, m := range w.messages("C8") {
				if shown := see("C8", m); r.Message == shown.Message {
					if m.Blocks != "" || !strings.Contains(shown.Text, n.Title) || !strings.Contains(shown.Text, "Keep it: levee status <app>") {
						t.Errorf("%s: %+v", code, m)
					}
				}
			}
			if found := w.send(again(n)); found.Message != r.Message {
				t.Errorf("%+v was found as %+v", r, found)
			}
		}
	}
}

// TestFormIsInert: every message has the options that keep Slack from linking and unfurling.
func TestFormIsInert(t *testing.T) {
	w := newWorld(t)
	first := w.send(notice("a", ops))
	w.send(replacing(notice("b", ops), first.Message))
	for _, r := range w.requests {
		if !strings.HasPrefix(r.method, "chat.") {
			continue
		}
		for key, want := range map[string]string{"parse": "none", "link_names": "false", "mrkdwn": "false", "unfurl_links": "false", "unfurl_media": "false"} {
			if r.form[key] != want {
				t.Errorf("%s says %s=%q", r.method, key, r.form[key])
			}
		}
		if want := "expense-submit runs again\nNothing is left to do."; r.form["text"] != want {
			t.Errorf("the words of %s are %q", r.method, r.form["text"])
		}
	}
}

func TestNothingToSay(t *testing.T) {
	w := newWorld(t)
	w.fails(notifier.Notice{Key: "a", Recipient: jane, Facts: []notifier.Fact{{Name: "Team", Value: "finance"}}}, nil, "neither a title nor a text")
	if len(w.requests) > 0 {
		t.Errorf("Slack was asked: %+v", w.requests)
	}
}
