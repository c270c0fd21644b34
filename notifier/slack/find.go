package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// eventType names the metadata that carries the key of a notice.
const eventType = "levee_notice"

// Bounds of a search, beside Options.LookBack.
const (
	maxPages = 25
	pageSize = 200
)

// metadata is the message metadata with a key. A key that Slack might change or refuse is
// replaced by its hash.
func metadata(key string) slack.SlackMetadata {
	if len(key) > 500 || notifier.Line(key) != key {
		sum := sha256.Sum256([]byte(key))
		key = "sha256:" + hex.EncodeToString(sum[:])
	}
	return slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": key}}
}

// findAny looks for a notice at every address of the recipient: it is not known which of
// them could be reached when the notice was sent.
func (c *call) findAny(ctx context.Context, addresses []address, key string) (notifier.Receipt, error) {
	for _, a := range addresses {
		channel, _, err := c.resolve(ctx, a)
		var r notifier.Receipt
		if err == nil {
			r, err = c.find(ctx, a, channel, key)
		}
		if r.Found || err != nil && !errors.Is(err, notifier.ErrAddress) {
			return r, err
		}
	}
	return notifier.Receipt{}, nil
}

// find looks for a notice in a conversation, from the newest message back. The receipt is
// empty if the notice is not within the bounds of the search; it is then sent again.
func (c *call) find(ctx context.Context, a address, channel, key string) (notifier.Receipt, error) {
	self, err := c.selfID(ctx)
	if err != nil {
		return notifier.Receipt{}, err
	}
	want := metadata(key)
	ask := &slack.GetConversationHistoryParameters{
		ChannelID: channel, Limit: pageSize, IncludeAllMetadata: true,
		Oldest: strconv.FormatInt(c.now().Add(-c.lookBack).Unix(), 10) + ".000000",
	}
	for range maxPages {
		page, err := c.api.GetConversationHistoryContext(ctx, ask)
		if err != nil {
			return notifier.Receipt{}, describe(err, "look for the notice in", a)
		}
		for _, m := range page.Messages {
			// Anybody can write metadata, so only messages of this app count.
			mine := m.BotID == self || m.BotID == "" && m.User == self
			if mine && m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == want.EventPayload["key"] {
				return notifier.Receipt{Message: channel + "/" + m.Timestamp, At: messageTime(m.Timestamp, c.now()), Found: true}, nil
			}
		}
		if ask.Cursor = page.ResponseMetaData.NextCursor; ask.Cursor == "" {
			break
		}
	}
	return notifier.Receipt{}, nil
}

// selfID is the id of the bot that writes this app's messages, or of the person whose token
// it is.
func (c *call) selfID(ctx context.Context) (string, error) {
	if id, ok := c.lookups.get("self"); ok {
		return id, nil
	}
	who, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return "", describe(err, "ask whose token this is", address{})
	}
	id := who.BotID
	if id == "" {
		id = who.UserID
	}
	if id == "" {
		return "", errors.New("ask whose token this is: Slack does not say")
	}
	c.lookups.put("self", id)
	return id, nil
}

// messageTime is the time in the timestamp of a message, such as 1775120400.000100.
func messageTime(ts string, otherwise time.Time) time.Time {
	seconds, micros, ok := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	us, err2 := strconv.ParseInt(fmt.Sprintf("%.6s", micros+"000000"), 10, 64)
	if !ok || err != nil || err2 != nil {
		return otherwise
	}
	return time.Unix(s, us*1000)
}
