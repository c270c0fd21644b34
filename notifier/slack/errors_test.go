package slack_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

func TestErrors(t *testing.T) {
	said := func(code string) answer { return answer{body: `{"ok":false,"error":"` + code + `"}`} }
	for _, c := range []struct {
		name   string
		method string
		answer answer
		want   error
		words  []string
	}{
		{"a wrong token", "chat.postMessage", said("invalid_auth"), nil, []string{"write to jdoe@acme.example", "does not accept the token", "xoxb-", "invalid_auth"}},
		{"no token", "users.lookupByEmail", said("not_authed"), nil, []string{"look up jdoe@acme.example", "saw no token"}},
		{"another kind of token", "chat.postMessage", said("not_allowed_token_type"), nil, []string{"xoxb-"}},
		{"a revoked token", "conversations.open", said("token_revoked"), nil, []string{"open the direct messages with jdoe@acme.example", "revoked", "install the app again"}},
		{"an expired token", "chat.postMessage", said("token_expired"), nil, []string{"expired"}},
		{"a removed app", "users.lookupByEmail", said("account_inactive"), nil, []string{"removed from the workspace", "install it again"}},
		{"an unnamed scope", "chat.postMessage", said("missing_scope"), nil, []string{"lacks a scope", "docs/slack.md"}},
		{"a named scope", "users.lookupByEmail", answer{body: `{"ok":false,"error":"missing_scope","needed":"users:read.email"}`}, nil, []string{"lacks the scope users:read.email", "OAuth & Permissions", "install the app again"}},
		{"no messages tab", "chat.postMessage", said("messages_tab_disabled"), nil, []string{"messages tab", "App Home"}},
		{"a suspended workspace", "chat.postMessage", said("ekm_access_denied"), nil, []string{"administrator"}},
		{"no permission", "chat.postMessage", said("no_permission"), nil, []string{"scopes"}},
		{"their own error", "chat.postMessage", said("internal_error"), nil, []string{"internal_error"}},
		{"an error with a message in it", "chat.postMessage", said("\\u001b[2J <!channel>\\nx"), nil, []string{`\x1b[2J <!channel> x`}},

		{"429", "chat.postMessage", answer{status: 429, retryAfter: "17"}, notifier.Later{After: 17 * time.Second}, nil},
		{"429 on the way", "users.lookupByEmail", answer{status: 429, retryAfter: "3"}, notifier.Later{After: 3 * time.Second}, nil},
		{"429 without a time", "chat.postMessage", answer{status: 429}, notifier.Later{After: 30 * time.Second}, nil},
		{"429 with a date", "chat.postMessage", answer{status: 429, retryAfter: "Thu, 02 Apr 2026 09:00:00 GMT"}, notifier.Later{After: 30 * time.Second}, nil},
		{"429 of the past", "chat.postMessage", answer{status: 429, retryAfter: "-4"}, notifier.Later{After: 30 * time.Second}, nil},
		{"429 for ever", "chat.postMessage", answer{status: 429, retryAfter: "99999999999"}, notifier.Later{After: time.Hour}, nil},
		{"ratelimited", "chat.postMessage", said("ratelimited"), notifier.Later{After: 30 * time.Second}, nil},
		{"rate_limited", "chat.postMessage", said("rate_limited"), notifier.Later{After: 30 * time.Second}, nil},
		{"a small plan", "chat.postMessage", said("message_limit_exceeded"), notifier.Later{After: time.Hour}, []string{"plan"}},

		{"500", "chat.postMessage", answer{status: 500, body: `{"ok":true,"ts":"1.2"}`}, nil, []string{"500"}},
		{"404", "users.lookupByEmail", answer{status: 404}, nil, []string{"404"}},
		{"a page of a proxy", "chat.postMessage", answer{body: "<html>log in first</html>"}, nil, []string{"not Slack"}},
		{"half an answer", "chat.postMessage", answer{body: `{"ok":true,"ts":"17`}, nil, []string{"not all of its answer"}},
		{"an empty answer", "chat.postMessage", answer{}, nil, []string{"not Slack"}},
		{"an empty object", "users.lookupByEmail", answer{body: `{}`}, nil, []string{"not Slack"}},
		{"no, and no more", "conversations.open", answer{body: `{"ok":false}`}, nil, []string{"not Slack"}},
		{"yes, and no more", "chat.postMessage", answer{body: `{"ok":true}`}, nil, []string{"which message"}},
		{"no conversation", "conversations.open", answer{body: `{"ok":true}`}, nil, []string{"where they are"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.instead(c.method, c.answer)
			err := w.fails(notice("a", jane), c.want, append(c.words, "tell Jane Doe by Slack: ")...)
			var got, want notifier.Later
			if errors.As(err, &got) != errors.As(c.want, &want) || got != want {
				t.Errorf("%v asks to wait %s, not %s", err, got.After, want.After)
			}
			if n := len(w.messages(jane.Email)); n != 0 {
				t.Errorf("%d messages arrived", n)
			}
			w.send(notice("a", jane))
		})
	}
}

func TestErrorsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.instead("chat.postMessage", answer{body: `{"ok":false,"error":"` + strings.Repeat("long ", 10_000) + `"}`})
	if err := w.fails(notice("a", jane), nil); len(err.Error()) > 1100 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
	to := jane
	to.Name = strings.Repeat("x", 5000)
	w.instead("chat.postMessage", answer{body: `{"ok":false,"error":"` + canary + `"}`})
	w.fails(notice("a", to), nil)
}
