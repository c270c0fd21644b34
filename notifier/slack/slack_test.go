package slack_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/slack"
)

func TestNew(t *testing.T) {
	token := func(context.Context) (string, error) { return canary, nil }
	for _, c := range []struct {
		name, url string
		token     func(context.Context) (string, error)
		want      string
	}{
		{"no token", "", nil, "give it a token"},
		{"Slack's own", "", token, ""},
		{"another", "https://slack-gov.com/api", token, ""},
		{"the machine itself", "http://127.0.0.1:8080", token, ""},
		{"in the clear", "http://slack.com/api", token, "not https"},
		{"no URL", "slack.com", token, "no URL"},
		{"a password", "https://a:b@slack.com/", token, "password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := slack.New(slack.Options{URL: c.url, Token: c.token})
			if (s == nil) != (c.want != "") || (err == nil) != (c.want == "") {
				t.Fatal(err)
			}
			if err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, and nothing of %q", err, c.want)
			}
		})
	}
}

func TestTokenOfTheHour(t *testing.T) {
	w, token, fault := (*world)(nil), canary, error(nil)
	w = newWorld(t, func(o *slack.Options) {
		o.Token = func(context.Context) (string, error) { return token, fault }
	})
	w.send(notice("a", jane))
	token, w.token = "xoxb-canary-2", "xoxb-canary-2"
	w.send(notice("b", jane))
	fault = errors.New("vault: permission denied for " + canary)
	w.fails(notice("c", jane), nil, "no token", "where it is kept")
	token, fault = " \n", nil
	w.fails(notice("c", jane), nil, "no token")
	if n := len(w.messages(jane.Email)); n != 2 {
		t.Errorf("%d messages arrived", n)
	}
}

// TestTokenIsKept: no error shows the token, whatever the server answers.
func TestTokenIsKept(t *testing.T) {
	w := newWorld(t)
	for _, c := range []answer{
		{body: `{"ok":false,"error":"bad token ` + canary + `"}`},
		{body: `{"ok":false,"error":"missing_scope","needed":"` + canary + `"}`},
		{body: `{"ok":` + canary},
		{status: 302, body: canary},
	} {
		w.instead("chat.postMessage", c)
		w.fails(notice("a", jane), nil)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, at := range []string{gone.URL, gone.URL + "/api?" + canary} {
		s := w.make(func(o *slack.Options) { o.URL = at })
		_, err := s.Send(t.Context(), notice("a", jane))
		w.says(err, nil)
	}
}

func TestRedirectsTakeNothingAlong(t *testing.T) {
	w := newWorld(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody else was asked") }))
	defer elsewhere.Close()
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer here.Close()
	s := w.make(func(o *slack.Options) { o.URL, o.HTTP = here.URL, here.Client() })
	_, err := s.Send(t.Context(), notice("a", jane))
	w.says(err, nil, "307")
}

func TestTimeIsOver(t *testing.T) {
	w := newWorld(t, func(o *slack.Options) { o.HTTP = &http.Client{Timeout: time.Second} })
	hang := make(chan struct{})
	defer close(hang)
	w.send(notice("warm", jane))
	w.instead("chat.postMessage", answer{hang: hang}, answer{hang: hang})
	w.fails(notice("a", jane), nil, "write to jdoe@acme.example") // of one request: the caller still has time

	w.sender = w.make()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := w.sender.Send(ctx, notifier.Notice{Key: "a", Recipient: jane, Title: "Hello"})
	w.says(err, context.DeadlineExceeded)
}
