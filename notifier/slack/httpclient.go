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

// Limits of Slack's responses and of the time it may ask to wait.
const (
	maxResponse = 32 << 20 // bytes; a page of history is far smaller
	defaultWait = 30 * time.Second
	maxWait     = time.Hour
)

// httpClient is the HTTP client that slack-go uses. It returns an error for every response that
// is not Slack's JSON, because slack-go takes an empty object for success, and a
// notifier.Later for a rate limit.
type httpClient struct{ client *http.Client }

func newHTTPClient(given *http.Client) *httpClient {
	client := http.Client{Timeout: 30 * time.Second}
	if given != nil {
		client = *given
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &httpClient{&client}
}

// Do implements slack-go's interface of an HTTP client.
func (l *httpClient) Do(r *http.Request) (*http.Response, error) {
	resp, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return nil, retryAfter(resp.Header.Get("Retry-After"))
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the answer was %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	case len(body) > maxResponse:
		return nil, fmt.Errorf("the answer has more than %d bytes", maxResponse)
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

// retryAfter is a notifier.Later for a Retry-After header.
func retryAfter(header string) error {
	after := defaultWait
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds > 0 {
		after = min(time.Duration(seconds), maxWait/time.Second) * time.Second
	}
	return notifier.Later{After: after}
}

// baseURL checks Options.URL; the result ends in a slash.
func baseURL(at string) (string, error) {
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
