package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// deliver edits the message that a notice replaces, if that is in the conversation and can
// still be edited. Otherwise it posts a new message.
func (c *call) deliver(ctx context.Context, a address, channel string, n notifier.Notice) (notifier.Receipt, error) {
	if ts, ok := strings.CutPrefix(n.Replaces, channel+"/"); ok {
		_, err := c.write(ctx, a, channel, n, func(o ...slack.MsgOption) (string, error) {
			_, ts, _, err := c.api.UpdateMessageContext(ctx, channel, ts, o...)
			return ts, err
		})
		if err == nil {
			return notifier.Receipt{Message: n.Replaces, At: c.now()}, nil
		}
		if !errors.Is(err, errGone) {
			return notifier.Receipt{}, err
		}
	}
	ts, err := c.write(ctx, a, channel, n, func(o ...slack.MsgOption) (string, error) {
		_, ts, err := c.api.PostMessageContext(ctx, channel, o...)
		return ts, err
	})
	if err != nil {
		return notifier.Receipt{}, err
	}
	return notifier.Receipt{Message: channel + "/" + ts, At: messageTime(ts, c.now())}, nil
}

// write waits until the channel may be written to, calls do, and returns the timestamp of
// the message, which is its id in the channel. If Slack refuses the blocks, it writes the
// plain text alone.
func (c *call) write(ctx context.Context, a address, channel string, n notifier.Notice, do func(...slack.MsgOption) (string, error)) (string, error) {
	options := []slack.MsgOption{
		slack.MsgOptionText(fallbackText(n), false), // escaped already
		// Without these, chat.update makes links and mentions of what looks like them.
		slack.MsgOptionParse(false), slack.MsgOptionLinkNames(false), slack.MsgOptionDisableMarkdown(),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if n.Key != "" {
		options = append(options, slack.MsgOptionMetadata(metadata(n.Key)))
	}
	blocks := slack.MsgOptionBlocks(blocks(n)...)
	if err := c.pacer.wait(ctx, channel); err != nil {
		return "", err
	}
	ts, err := do(append(options, blocks)...)
	if refusesBlocks(err) {
		if err := c.pacer.wait(ctx, channel); err != nil {
			return "", err
		}
		ts, err = do(options...)
	}
	if err != nil {
		return "", describe(err, "write to", a)
	}
	if ts == "" {
		return "", fmt.Errorf("write to %s: Slack does not say which message it became", a)
	}
	return ts, nil
}
