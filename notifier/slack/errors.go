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

// errGone reports that the message to edit was deleted or cannot be edited any more.
var errGone = errors.New("there is no such message of ours")

// ErrToken reports a token that Slack does not take.
var ErrToken = errors.New("the token is refused")

// failure is an error with a text of its own that wraps a sentinel at most.
type failure struct {
	is   error // a sentinel; nil if it is unknown whether the notice arrived
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.is }

// errorMeaning is the sentinel for an error code of Slack, and what to do about it.
type errorMeaning struct {
	is   error
	text string
}

var errorMeanings = map[string]errorMeaning{
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

	"ratelimited":            {notifier.Later{After: defaultWait}, "Slack has too much to do"},
	"rate_limited":           {notifier.Later{After: defaultWait}, "Slack has too much to do"},
	"message_limit_exceeded": {notifier.Later{After: maxWait}, "the workspace has sent too many messages for its plan"},

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

// describe turns an error of slack-go into one that says what was attempted and what to do.
func describe(err error, doing string, a address) error {
	if a != (address{}) {
		doing += " " + a.String()
	}
	var said slack.SlackErrorResponse
	if !errors.As(err, &said) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	code := said.Err
	m, ok := errorMeanings[code]
	switch {
	case code == "missing_scope" && said.Needed != "":
		m.text = fmt.Sprintf("the app lacks the scope %s; add it under OAuth & Permissions and install the app again", said.Needed)
	case code == "missing_scope":
		m.text = "the app lacks a scope; compare those under OAuth & Permissions with docs/slack.md and install the app again"
	case strings.HasPrefix(code, "restricted_action"):
		m = errorMeanings["restricted_action"]
	case !ok:
		m.text = "Slack refuses it"
	}
	return &failure{m.is, fmt.Sprintf("%s: %s (%s)", doing, m.text, code)}
}

// refusesBlocks reports whether Slack refused the blocks of a message. It wrote nothing
// then.
func refusesBlocks(err error) bool {
	var said slack.SlackErrorResponse
	return errors.As(err, &said) && (said.Err == "invalid_blocks" || said.Err == "invalid_blocks_format" || said.Err == "msg_blocks_too_long")
}

// maxError bounds the text of an error, in characters.
const maxError = 1000

// wrapError turns any error into one that may leave this package: without the token, on one
// line, and wrapping ErrAddress, a Later or the error of ctx at most.
func (c *call) wrapError(ctx context.Context, err error, to notifier.Recipient) error {
	return c.wrap(ctx, err, "tell "+cmp.Or(to.Name, to.Email, to.Channel, "nobody")+" by Slack")
}

// wrap is wrapError for any other attempt.
func (c *call) wrap(ctx context.Context, err error, attempt string) error {
	p := &failure{}
	later := notifier.Later{}
	switch end := ctx.Err(); {
	case errors.As(err, &later):
		p.is = later
	case errors.Is(err, notifier.ErrAddress):
		p.is = notifier.ErrAddress
	case errors.Is(err, ErrToken):
		p.is = ErrToken
	case end != nil && errors.Is(err, end): // not the timeout of one request
		p.is = end
	}
	text := err.Error()
	if p.is != nil && !strings.Contains(text, p.is.Error()) {
		text = p.is.Error() + ": " + text
	}
	text = notifier.Line(attempt + ": " + text)
	if c.secret != "" {
		text = strings.ReplaceAll(text, c.secret, "[the token]")
	}
	p.text = notifier.Fit(text, maxError, "…", func(rune) int { return 1 })
	return p
}
