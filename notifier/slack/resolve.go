package slack

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// address is one address of a recipient: an e-mail address or a channel.
type address struct{ email, channel string }

// addresses lists the addresses of a recipient in the order in which they are tried.
func (c *call) addresses(r notifier.Recipient) []address {
	var list []address
	if email := strings.TrimSpace(r.Email); email != "" {
		list = append(list, address{email: email})
	}
	if channel := strings.TrimPrefix(strings.TrimSpace(r.Channel), "#"); channel != "" {
		list = append(list, address{channel: channel})
	}
	return list
}

// String is the address as people write it.
func (a address) String() string {
	switch {
	case a.email != "":
		return notifier.Line(a.email)
	case channelID.MatchString(a.channel):
		return a.channel
	}
	return "#" + notifier.Line(a.channel)
}

func (a address) key() string { return "at " + a.email + "#" + a.channel }

// channelID matches the id of a channel. Names of channels have no capitals.
var channelID = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)

// resolve returns the id of the conversation for an address, and whether it comes from the
// cache.
func (c *call) resolve(ctx context.Context, a address) (channel string, remembered bool, err error) {
	if a.email == "" && channelID.MatchString(a.channel) {
		return a.channel, false, nil
	}
	if id, ok := c.lookups.get(a.key()); ok {
		return id, true, nil
	}
	if a.email != "" {
		channel, err = c.openDirectMessages(ctx, a)
	} else {
		channel, err = c.findChannel(ctx, a)
	}
	if err == nil {
		c.lookups.put(a.key(), channel)
	}
	return channel, false, err
}

// openDirectMessages opens the direct messages with somebody.
func (c *call) openDirectMessages(ctx context.Context, a address) (string, error) {
	user, err := c.api.GetUserByEmailContext(ctx, a.email)
	if err != nil {
		return "", describe(err, "look up", a)
	}
	if user.Deleted {
		return "", describe(slack.SlackErrorResponse{Err: "user_disabled"}, "look up", a)
	}
	room, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user.ID}})
	if err != nil {
		return "", describe(err, "open the direct messages with", a)
	}
	if room == nil || room.ID == "" {
		return "", fmt.Errorf("open the direct messages with %s: Slack does not say where they are", a)
	}
	return room.ID, nil
}

// findChannel looks for a channel by its name among those that the app is a member of. In others
// it could post at most, and not search what it posted.
func (c *call) findChannel(ctx context.Context, a address) (string, error) {
	ask := &slack.GetConversationsForUserParameters{Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true, Limit: 200}
	for range maxPages {
		list, next, err := c.api.GetConversationsForUserContext(ctx, ask)
		if err != nil {
			return "", describe(err, "look for", a)
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
	return "", describe(slack.SlackErrorResponse{Err: "not_in_channel"}, "look for", a)
}
