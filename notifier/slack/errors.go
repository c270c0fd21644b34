package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// errGone reports that the message to edit is not there, or no longer ours to edit.
var errGone = errors.New("there is no such message of ours")

// A failure is an error in words of its own that means something to the contract.
type failure struct {
	is   error // nil where it is unknown what happened
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.is }

// A meaning is what an error of Slack is for a notice, and what to do about it.
type meaning struct {
	is   error
	text string
}

var meanings = map[string]meaning{
	"users_not_found":  {notifier.ErrAddress, "nobody in the workspace has this address; correct it or invite them"},
	"user_not_found":   {notifier.ErrAddress, "the person is not in the workspace; invite them or name another"},
	"user_not_visible": {notifier.ErrAddress, "the app may not see this person; name another or a channel"},
	"user_disabled":    {notifier.ErrAddress, "the account was deactivated; name somebody else"},
	"cannot_dm_bot":    {notifier.ErrAddress, "this is a bot, which reads no messages; name a person"},

	"channel_not_found": {notifier.ErrAddress, "there is no such channel, or it is private and the app is not in it; correct it or invite the app there with /invite"},
	"not_in_channel":    {notifier.ErrAddress, "the app is not in such a channel, or the channel was archived; invite the app there with /invite, or name another"},
	"is_archived":       {notifier.ErrAddress, "the channel was archived; name another or bring it back"},
	"restricted_action": {notifier.ErrAddress, "the workspace does not let the app write there; allow it in the channel's posting permissions or name another"},

	"posting_to_general_channel_denied": {notifier.ErrAddress, "the app may not write to everybody; name another channel"},

	"message_not_found":        {errGone, ""},
	"cant_update_message":      {errGone, ""},
	"edit_window_closed":       {errGone, ""},
	"message_not_owned_by_app": {errGone, ""},

	"ratelimited":            {notifier.Later{After: patience}, "Slack has too much to do"},
	"rate_limited":           {notifier.Later{After: patience}, "Slack has too much to do"},
	"message_limit_exceeded": {notifier.Later{After: maxPatience}, "the workspace has sent too many messages for its plan"},

	"invalid_auth":           {nil, "Slack does not accept the token, or not from this network; give it the app's bot token (xoxb-…)"},
	"not_authed":             {nil, "Slack saw no token; give it the app's bot token (xoxb-…)"},
	"not_allowed_token_type": {nil, "this kind of token cannot send messages; give it the app's bot token (xoxb-…)"},
	"account_inactive":       {nil, "the app was removed from the workspace, or its bot deactivated; install it again and give it the new token"},
	"token_revoked":          {nil, "the token was revoked; install the app again and give it the new token"},
	"token_expired":          {nil, "the token has expired; give it a new one, or turn token rotation off"},
	"messages_tab_disabled":  {nil, "the app may not write to people; turn on its messages tab under App Home"},
	"ekm_access_denied":      {nil, "an administrator suspended messages in the workspace; ask there"},
	"no_permission":          {nil, "the app may not do this; look at its scopes and install it again"},
}

// told is an error of Slack in words that say what was attempted and what to do.
func told(err error, doing string, a where) error {
	if a != (where{}) {
		doing += " " + a.String()
	}
	var said slack.SlackErrorResponse
	if !errors.As(err, &said) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	code := said.Err
	m, ok := meanings[code]
	switch {
	case code == "missing_scope" && said.Needed != "":
		m.text = fmt.Sprintf("the app lacks the scope %s; add it under OAuth & Permissions and install the app again", said.Needed)
	case code == "missing_scope":
		m.text = "the app lacks a scope; compare those under OAuth & Permissions with docs/slack.md and install the app again"
	case strings.HasPrefix(code, "restricted_action"):
		m = meanings["restricted_action"]
	case !ok:
		m.text = "Slack refuses it"
	}
	return &failure{m.is, fmt.Sprintf("%s: %s (%s)", doing, m.text, code)}
}

// refusesBlocks reports that Slack did not take the blocks, and wrote nothing.
func refusesBlocks(err error) bool {
	var said slack.SlackErrorResponse
	return errors.As(err, &said) && (said.Err == "invalid_blocks" || said.Err == "invalid_blocks_format" || said.Err == "msg_blocks_too_long")
}

// maxError bounds what is passed on of an error, in characters.
const maxError = 1000

// problem is an error as it may leave this package: without the token, whatever it
// quotes, on one line, and meaning nothing but what the contract knows.
func (c *call) problem(ctx context.Context, err error, to notifier.Recipient) error {
	p := &failure{}
	later := notifier.Later{}
	switch end := ctx.Err(); {
	case errors.As(err, &later):
		p.is = later
	case errors.Is(err, notifier.ErrAddress):
		p.is = notifier.ErrAddress
	case end != nil && errors.Is(err, end): // and not the end of one request
		p.is = end
	}
	text := err.Error()
	if p.is != nil && !strings.Contains(text, p.is.Error()) {
		text = p.is.Error() + ": " + text
	}
	name := cmp.Or(to.Name, to.Email, to.Channel, "nobody")
	text = notifier.Line("tell " + name + " by Slack: " + text)
	if c.secret != "" {
		text = strings.ReplaceAll(text, c.secret, "[the token]")
	}
	p.text = notifier.Fit(text, maxError, "…", func(rune) int { return 1 })
	return p
}
