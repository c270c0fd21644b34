package plugins

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/slack"
	"github.com/levee-gitops/levee/reconciler/target"
)

// Slack is the sender slack.
func Slack() Sender { return Sender{Open: newSlack, Examine: examineSlack} }

func newSlack(c config.Notices, std terminal.IO) (notifier.Sender, error) {
	if config.Secret(slackToken) == "" {
		return nil, exit.Usagef("notices of kind slack need a token in %s", slackToken)
	}
	return slack.New(slack.Options{
		Token: func(context.Context) (string, error) { return config.Secret(slackToken), nil }, URL: c.URL, Now: std.Now,
	})
}

const slackToken = "LEVEE_SLACK_TOKEN"

func examineSlack(ctx context.Context, sender notifier.Sender) target.Check {
	check := target.Check{What: "token for Slack", State: target.CheckWell}
	access, err := sender.(*slack.Sender).Access(ctx)
	switch {
	case errors.Is(err, slack.ErrToken):
		check.State, check.Remedy, check.Detail = target.CheckWrong, "give the app's bot token in "+slackToken+"; docs/slack.md says how it is made", err.Error()
	case err != nil:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "try again", err.Error()
	case len(access.Missing) > 0:
		check.State, check.Remedy = target.CheckWrong, "add them under OAuth & Permissions and install the app again; docs/slack.md says what each is for"
		check.Detail = fmt.Sprintf("%s in %s lacks the scopes %s", access.User, access.Team, strings.Join(access.Missing, ", "))
	case access.Untold:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "compare its scopes with docs/slack.md", "it works, and Slack does not say which scopes it has"
	default:
		check.Detail = fmt.Sprintf("it is %s in %s, with all scopes", access.User, access.Team)
	}
	return check
}
