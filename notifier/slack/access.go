package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

// Scopes are what the app has to be given, as docs/slack.md says for each of them.
var Scopes = []string{
	"chat:write", "users:read", "users:read.email", "im:write", "im:history", "channels:read", "channels:history", "groups:read", "groups:history",
}

// Access is what Slack says of the token.
type Access struct {
	Team, User string   // in which workspace it acts, and as whom
	Missing    []string // the scopes that it lacks
	Untold     bool     // Slack does not say which scopes it has
}

// Access asks Slack whose token this is, and sends nothing to anybody. The error is
// ErrToken where Slack does not take it; any other means that it could not be told.
func (s *Sender) Access(ctx context.Context) (Access, error) {
	c := call{Sender: s}
	const attempt = "look at the token for Slack"
	if err := c.connect(ctx); err != nil {
		return Access{}, c.wrap(ctx, err, attempt)
	}
	answer, err := c.api.AuthTestContext(ctx)
	if said := (slack.SlackErrorResponse{}); errors.As(err, &said) {
		return Access{}, c.wrap(ctx, fmt.Errorf("%w: %w", ErrToken, describe(err, "ask whose it is", address{})), attempt)
	}
	if err != nil {
		return Access{}, c.wrap(ctx, err, attempt)
	}
	access := Access{Team: answer.Team, User: answer.User}
	list, told := answer.Header[http.CanonicalHeaderKey("X-OAuth-Scopes")]
	if access.Untold = !told; told {
		has := strings.Split(strings.ReplaceAll(strings.Join(list, ","), " ", ""), ",")
		access.Missing = slices.DeleteFunc(slices.Clone(Scopes), func(scope string) bool { return slices.Contains(has, scope) })
	}
	return access, nil
}
