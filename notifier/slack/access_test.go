package slack_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier/slack"
)

// TestAccess: it is told whose token it is and which scopes it lacks, and nobody is written to.
func TestAccess(t *testing.T) {
	if want := documented(t); !slices.Equal(want, slack.Scopes) {
		t.Errorf("the manual asks for %q, and %q are looked for", want, slack.Scopes)
	}
	w := newWorld(t)
	got, err := w.sender.Access(t.Context())
	if err != nil || got.Team != "Acme" || got.User != "levee" || len(got.Missing) > 0 || got.Untold {
		t.Errorf("with all scopes it is %+v, %v", got, err)
	}
	w.scopes = []string{"chat:write", "users:read"}
	if got, err = w.sender.Access(t.Context()); err != nil || len(got.Missing) != len(slack.Scopes)-2 || slices.Contains(got.Missing, "chat:write") {
		t.Errorf("with two scopes it is %+v, %v", got, err)
	}
	w.scopes = nil
	if got, err = w.sender.Access(t.Context()); err != nil || !got.Untold || got.Missing != nil {
		t.Errorf("where Slack tells no scopes it is %+v, %v", got, err)
	}
	if n := w.asked("chat.postMessage"); n > 0 {
		t.Errorf("it wrote %d messages", n)
	}
	w.token = "xoxb-another"
	if _, err := w.sender.Access(t.Context()); !errors.Is(err, slack.ErrToken) || strings.Contains(err.Error(), "canary") {
		t.Errorf("a token that is refused is told as %v", err)
	}
	w.instead("auth.test", answer{status: 503, body: "<html>"})
	if _, err := w.sender.Access(t.Context()); err == nil || errors.Is(err, slack.ErrToken) {
		t.Errorf("Slack that is away is told as %v", err)
	}
}
