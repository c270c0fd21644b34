package slack

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// where is one address of a recipient: a person's e-mail, or a channel.
type where struct{ email, channel string }

// addresses are those that are known of a recipient, the nearest to the person first.
func (c *call) addresses(r notifier.Recipient) []where {
	var list []where
	if email := strings.TrimSpace(r.Email); email != "" {
		list = append(list, where{email: email})
	}
	if channel := strings.TrimPrefix(strings.TrimSpace(r.Channel), "#"); channel != "" {
		list = append(list, where{channel: channel})
	}
	return list
}

// String is the address as people write it.
func (w where) String() string {
	switch {
	case w.email != "":
		return notifier.Line(w.email)
	case channelID.MatchString(w.channel):
		return w.channel
	}
	return "#" + notifier.Line(w.channel)
}

func (w where) key() string { return "at " + w.email + "#" + w.channel }

// channelID tells the id of a channel from its name, which has no capitals.
var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)

// reach returns the id of the conversation in which an address is written to, and
// whether it was only remembered.
func (c *call) reach(ctx context.Context, a where) (channel string, remembered bool, err error) {
	if a.email == "" && channelID.MatchString(a.channel) {
		return a.channel, false, nil
	}
	if id, ok := c.known.get(a.key()); ok {
		return id, true, nil
	}
	if a.email != "" {
		channel, err = c.person(ctx, a)
	} else {
		channel, err = c.named(ctx, a)
	}
	if err == nil {
		c.known.keep(a.key(), channel)
	}
	return channel, false, err
}

// person opens the direct messages with somebody.
func (c *call) person(ctx context.Context, a where) (string, error) {
	user, err := c.api.GetUserByEmailContext(ctx, a.email)
	if err != nil {
		return "", told(err, "look up", a)
	}
	if user.Deleted {
		return "", told(slack.SlackErrorResponse{Err: "user_disabled"}, "look up", a)
	}
	room, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user.ID}})
	if err != nil {
		return "", told(err, "open the direct messages with", a)
	}
	if room == nil || room.ID == "" {
		return "", fmt.Errorf("open the direct messages with %s: Slack does not say where they are", a)
	}
	return room.ID, nil
}

// named looks for a channel by its name among those that the app is a member of: in
// others it could write at most, and not look for what it wrote.
func (c *call) named(ctx context.Context, a where) (string, error) {
	ask := &slack.GetConversationsForUserParameters{Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true, Limit: 200}
	for range maxPages {
		list, next, err := c.api.GetConversationsForUserContext(ctx, ask)
		if err != nil {
			return "", told(err, "look for", a)
		}
		for _, channel := range list {
			if strings.EqualFold(channel.Name, a.channel) && channel.ID != "" {
				return channel.ID, nil
			}
		}
		if ask.Cursor = next; next == "" {
			break
		}
	}
	return "", told(slack.SlackErrorResponse{Err: "not_in_channel"}, "look for", a)
}
