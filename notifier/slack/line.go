package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of what Slack may answer and ask.
const (
	maxAnswer   = 32 << 20 // bytes: a page of history is far below
	patience    = 30 * time.Second
	maxPatience = time.Hour
)

// A line takes requests to Slack and lets no answer pass that is none: slack-go
// takes an empty object for success.
type line struct{ client *http.Client }

func newLine(given *http.Client) *line {
	client := http.Client{Timeout: 30 * time.Second}
	if given != nil {
		client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &line{&client}
}

// Do makes a request, as slack-go asks for it.
func (l *line) Do(r *http.Request) (*http.Response, error) {
	resp, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, later(resp.Header.Get("Retry-After"))
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the answer was %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	var said struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if err := json.Unmarshal(body, &said); err != nil || said.OK == nil || !*said.OK && said.Error == "" {
		return nil, errors.New("what answered is not Slack, or not all of its answer; look at what is in between")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// later is how long Slack asks to wait.
func later(header string) error {
	after := patience
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds > 0 {
		after = min(time.Duration(seconds), maxPatience/time.Second) * time.Second
	}
	return notifier.Later{After: after}
}

// address is the base of the interface, ending in a slash.
func address(at string) (string, error) {
	if at == "" {
		at = slack.APIURL
	}
	u, err := url.Parse(strings.TrimSuffix(at, "/") + "/")
	if err != nil || u.Host == "" || u.User != nil {
		return "", errors.New("its address is no URL, or has a password in it; it should be like " + slack.APIURL)
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && (!local || u.Scheme != "http") {
		return "", fmt.Errorf("%s is not https, and would show the token to everybody on the way", u.Host)
	}
	return u.String(), nil
}
