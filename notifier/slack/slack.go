package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// Options configure a Sender. Token is required; everything else has a default.
type Options struct {
	// Token returns the bot token of the Slack app, xoxb-…. It is called for each notice.
	Token func(ctx context.Context) (string, error)

	// URL is the base of the API, by default Slack's own. It has to be https, except on
	// localhost.
	URL string

	// LookBack is how old a message may be to be found again, by default a week.
	LookBack time.Duration

	// HTTP sends the requests, by default with a timeout of 30 seconds. Redirects are not
	// followed, because the other server would receive the token.
	HTTP *http.Client

	// Now is the clock and Sleep waits by it, by default the machine's.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// Sender is a notifier.Sender on a workspace of Slack. It is safe for concurrent
// use.
type Sender struct {
	token    func(context.Context) (string, error)
	url      string
	http     *httpClient
	lookBack time.Duration
	now      func() time.Time
	pacer    *pacer
	lookups  *lookupCache
}

var _ notifier.Sender = (*Sender)(nil)

// New returns a Sender. It sends no request.
func New(o Options) (*Sender, error) {
	if o.Token == nil {
		return nil, errors.New("use Slack to send notices: give it a token")
	}
	url, err := baseURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("use Slack to send notices: %w", err)
	}
	if o.LookBack <= 0 {
		o.LookBack = 7 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &Sender{
		token: o.Token, url: url, http: newHTTPClient(o.HTTP), lookBack: o.LookBack, now: o.Now,
		pacer:   &pacer{now: o.Now, sleep: o.Sleep, next: map[string]time.Time{}},
		lookups: &lookupCache{now: o.Now, lookups: map[string]lookup{}},
	}, nil
}

// call is one call of Send, with a client for the present token.
type call struct {
	*Sender
	api    *slack.Client
	secret string
}

// Send implements notifier.Sender.
func (s *Sender) Send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	c, r, err := call{Sender: s}, notifier.Receipt{}, n.Check()
	if err == nil {
		err = c.connect(ctx)
	}
	if err == nil {
		r, err = c.send(ctx, n)
	}
	if err != nil {
		return notifier.Receipt{}, c.wrapError(ctx, err, n.Recipient)
	}
	return r, nil
}

// connect reads the token and makes a client with it.
func (c *call) connect(ctx context.Context) error {
	token, err := c.token(ctx)
	if c.secret = strings.TrimSpace(token); err != nil || c.secret == "" {
		return errors.New("there is no token to be had; look at where it is kept") // the error might quote it
	}
	c.api = slack.New(c.secret, slack.OptionAPIURL(c.url), slack.OptionHTTPClient(c.http))
	return nil
}

// send tries the addresses of the recipient one after the other, until one is no
// ErrAddress.
func (c *call) send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	addresses := c.addresses(n.Recipient)
	if n.Again && n.Key != "" {
		if r, err := c.findAny(ctx, addresses, n.Key); err != nil || r.Found {
			return r, err
		}
	}
	var reasons []string
	for _, a := range addresses {
		r, err := c.sendTo(ctx, a, n)
		if !errors.Is(err, notifier.ErrAddress) {
			return r, err
		}
		reasons = append(reasons, err.Error())
	}
	if len(reasons) == 0 {
		reasons = []string{"neither an e-mail address nor a channel is known; give one"}
	}
	return notifier.Receipt{}, &failure{is: notifier.ErrAddress, text: strings.Join(reasons, "; ")}
}

// sendTo sends to one address. If that is ErrAddress for a conversation from the cache, the
// address is looked up once more.
func (c *call) sendTo(ctx context.Context, a address, n notifier.Notice) (notifier.Receipt, error) {
	channel, remembered, err := c.resolve(ctx, a)
	if err != nil {
		return notifier.Receipt{}, err
	}
	r, err := c.deliver(ctx, a, channel, n)
	if remembered && errors.Is(err, notifier.ErrAddress) {
		c.lookups.forget(a.key())
		return c.sendTo(ctx, a, n)
	}
	return r, err
}
