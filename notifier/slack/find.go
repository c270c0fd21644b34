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

// Bounds of a search, beside the time: so many pages of so many messages.
const (
	maxPages = 25
	pageSize = 200
)

// metadata carries a key. One that Slack might change or refuse goes as its hash.
func metadata(key string) slack.SlackMetadata {
	if len(key) > 500 || notifier.Line(key) != key {
		sum := sha256.Sum256([]byte(key))
		key = "sha256:" + hex.EncodeToString(sum[:])
	}
	return slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": key}}
}

// findAny looks for a notice at every address that it may have gone to: which one
// could be reached at that time, nobody knows.
func (c *call) findAny(ctx context.Context, addresses []where, key string) (notifier.Receipt, error) {
	for _, a := range addresses {
		channel, _, err := c.reach(ctx, a)
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

// find looks for a notice in a conversation, from the newest message back. What it
// does not find within its bounds it says is not there: a notice is rather sent
// twice than not at all.
func (c *call) find(ctx context.Context, a where, channel, key string) (notifier.Receipt, error) {
	self, err := c.self(ctx)
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
			return notifier.Receipt{}, told(err, "look for the notice in", a)
		}
		for _, m := range page.Messages {
			// Anybody can write metadata: only our own messages count.
			mine := m.BotID == self || m.BotID == "" && m.User == self
			if mine && m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == want.EventPayload["key"] {
				return notifier.Receipt{Message: channel + "/" + m.Timestamp, At: timeOf(m.Timestamp, c.now()), Found: true}, nil
			}
		}
		if ask.Cursor = page.ResponseMetaData.NextCursor; ask.Cursor == "" {
			break
		}
	}
	return notifier.Receipt{}, nil
}

// self is the id under which this app writes: of its bot, or of the person whose
// token it is.
func (c *call) self(ctx context.Context) (string, error) {
	if id, ok := c.known.get("self"); ok {
		return id, nil
	}
	who, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return "", told(err, "ask whose token this is", where{})
	}
	id := who.BotID
	if id == "" {
		id = who.UserID
	}
	if id == "" {
		return "", errors.New("ask whose token this is: Slack does not say")
	}
	c.known.keep("self", id)
	return id, nil
}

// timeOf is the time in the id of a message, such as 1775120400.000100.
func timeOf(ts string, otherwise time.Time) time.Time {
	seconds, micros, ok := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	us, err2 := strconv.ParseInt(fmt.Sprintf("%.6s", micros+"000000"), 10, 64)
	if !ok || err != nil || err2 != nil {
		return otherwise
	}
	return time.Unix(s, us*1000)
}
