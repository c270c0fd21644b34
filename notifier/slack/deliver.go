package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// deliver writes a notice to a conversation: over the message that it replaces, if
// that is there and still is, and as a new one otherwise.
func (c *call) deliver(ctx context.Context, a where, channel string, n notifier.Notice) (notifier.Receipt, error) {
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
	return notifier.Receipt{Message: channel + "/" + ts, At: timeOf(ts, c.now())}, nil
}

// write waits for its turn, writes, and returns the id of the message in its
// channel. Should Slack not take the blocks, the words alone say the same.
func (c *call) write(ctx context.Context, a where, channel string, n notifier.Notice, do func(...slack.MsgOption) (string, error)) (string, error) {
	options := []slack.MsgOption{
		slack.MsgOptionText(words(n), false), // escaped already
		// Left to itself, an edit links and mentions what only looks like it.
		slack.MsgOptionParse(false), slack.MsgOptionLinkNames(false), slack.MsgOptionDisableMarkdown(),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if n.Key != "" {
		options = append(options, slack.MsgOptionMetadata(metadata(n.Key)))
	}
	blocks := slack.MsgOptionBlocks(blocks(n)...)
	if err := c.turns.wait(ctx, channel); err != nil {
		return "", err
	}
	ts, err := do(append(options, blocks)...)
	if refusesBlocks(err) {
		if err := c.turns.wait(ctx, channel); err != nil {
			return "", err
		}
		ts, err = do(options...)
	}
	if err != nil {
		return "", told(err, "write to", a)
	}
	if ts == "" {
		return "", fmt.Errorf("write to %s: Slack does not say which message it became", a)
	}
	return ts, nil
}
