package github_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

func TestLimitsAreWaitedFor(t *testing.T) {
	const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
	for name, c := range map[string]struct {
		faults []githubtest.Fault
		least  time.Duration
	}{
		"403 with Retry-After":    {[]githubtest.Fault{{Status: 403, Header: map[string]string{"Retry-After": "30"}, Body: secondary}}, 30 * time.Second},
		"429 with Retry-After":    {[]githubtest.Fault{{Status: 429, Header: map[string]string{"Retry-After": "7"}}}, 7 * time.Second},
		"403 without Retry-After": {[]githubtest.Fault{{Status: 403, Body: secondary}}, time.Minute},
		"429 without Retry-After": {[]githubtest.Fault{{Status: 429}}, time.Minute},
		"429 twice":               {[]githubtest.Fault{{Status: 429, Header: map[string]string{"Retry-After": "20"}}, {Status: 429, Header: map[string]string{"Retry-After": "40"}}}, time.Minute},
		"primary": {[]githubtest.Fault{{Status: 403, Header: map[string]string{
			"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(time.Date(2026, 4, 2, 10, 2, 10, 0, time.UTC).Unix(), 10),
		}, Body: `{"message":"API rate limit exceeded"}`}}, 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id, head := w.open("a")
			for _, method := range []string{"GET", "POST"} {
				w.slept = nil
				for _, f := range c.faults {
					f.Method = method
					w.hub.Fail(f)
				}
				w.do(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: method, Text: method}})
				var total time.Duration
				for _, d := range w.slept {
					total += d
				}
				if name != "primary" && total < c.least || method == "GET" && total < c.least {
					t.Errorf("a limit on %s was waited for %s, want %s at least", method, total, c.least)
				}
			}
			if list := w.hub.Comments(num(id)); len(list) != 2 || !strings.Contains(list[1].Body, "POST") {
				t.Errorf("the comments are %+v", list)
			}
		})
	}
}

// TestAPageForPeople: the response of a proxy or a sign-in page is an error that says so.
func TestAPageForPeople(t *testing.T) {
	for _, status := range []int{200, 502} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html><title>Sign in</title><body>pageText"))
		}))
		t.Cleanup(server.Close)
		f, err := github.New(github.Options{Owner: "o", Repo: "r", Base: "main", URL: server.URL, Token: func(context.Context) (string, error) { return "x", nil }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Changes(t.Context(), "main"); err == nil || !strings.Contains(err.Error(), `a web page called "Sign in"`) || strings.Contains(err.Error(), "pageText") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestARefusalIsNoLimit(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	w.hub.Fail(githubtest.Fault{Method: "POST", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	w.slept = nil
	_, err := w.forge.Do(t.Context(), show(id, head, "x"))
	w.fails(err, forge.ErrRefused, "not accessible")
	if len(w.slept) > 1 {
		t.Errorf("it slept %v", w.slept)
	}
}

func TestALimitThatNeverEnds(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		w.hub.Fail(githubtest.Fault{Status: 429})
	}
	for i := range 3 {
		if i > 0 {
			w.hub.Pass(time.Minute << i) // each time it is twice as long
		}
		for range 2 {
			_, err := w.forge.Changes(t.Context(), "main")
			w.fails(err, nil, "limits")
		}
		if n := len(w.hub.Requests()); n != i+2 {
			t.Errorf("after %d looks, %d requests were made, want %d", i+1, n, i+2)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.hub.Pass(2 * time.Hour)
	if _, err := w.forge.Changes(ctx, "main"); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestWritesAreApart(t *testing.T) {
	w := newWorld(t)
	id, head := w.open("a")
	for i := range 5 {
		w.do(forge.Action{Change: id, Head: head, Mention: &forge.Mention{Key: strconv.Itoa(i), Text: "x"}})
	}
	var total time.Duration
	for _, d := range w.slept {
		total += d
	}
	if total < 4*time.Second {
		t.Errorf("five writes took %s", total)
	}
}

// TestNoErrorShowsTheToken: no error shows the token, also if the server's response has it.
func TestNoErrorShowsTheToken(t *testing.T) {
	echo := `{"message":"Bad credentials: ` + canary + `","errors":[{"message":"` + canary + `"}]}`
	for _, status := range []int{400, 401, 403, 404, 405, 409, 422, 500, 502} {
		w := newWorld(t)
		id, head := w.open("a")
		w.change(id)
		for _, method := range []string{"GET", "POST", "PUT"} {
			w.hub.Fail(githubtest.Fault{Method: method, Status: status, Body: echo})
			for _, a := range []forge.Action{show(id, head, method), land(id, head)} {
				if _, err := w.forge.Do(t.Context(), a); err != nil && strings.Contains(err.Error(), canary) {
					t.Errorf("%d to %s: %v", status, method, err)
				}
			}
		}
		for _, f := range []func() error{
			func() error { _, err := w.forge.Changes(t.Context(), "main"); return err },
			func() error { _, err := w.forge.Landed(t.Context(), head); return err },
			func() error { _, err := w.forge.Change(t.Context(), id); return err },
			func() error { _, err := w.forge.Members(t.Context(), "x"); return err },
		} {
			w.hub.Fail(githubtest.Fault{Method: "GET", Status: status, Body: echo})
			if err := f(); err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
	w := newWorld(t, func(o *github.Options) {
		o.Token = func(context.Context) (string, error) { return "", errors.New("the file says " + canary) }
	})
	_, err := w.forge.Changes(t.Context(), "main")
	w.fails(err, nil, "no token")
}

func TestNothingFollowsARedirectElsewhere(t *testing.T) {
	var got []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	for _, as := range []func(*github.Options){asToken, asApp} {
		w := newWorld(t, as)
		w.hub.Fail(githubtest.Fault{Method: "GET", Status: 302, Header: map[string]string{"Location": thief.URL + "/x"}})
		_, err := w.forge.Changes(t.Context(), "main")
		w.fails(err, nil)
	}
	if len(got) != 0 {
		t.Errorf("another host was asked, with %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	good := func() github.Options {
		return github.Options{Owner: "acme", Repo: "catalog", Base: "main", Token: func(context.Context) (string, error) { return canary, nil }}
	}
	for want, spoil := range map[string]func(*github.Options){
		"owner":       func(o *github.Options) { o.Owner = "" },
		"branch":      func(o *github.Options) { o.Base = "" },
		"not https":   func(o *github.Options) { o.URL = "http://github.example.com/api/v3" },
		"password":    func(o *github.Options) { o.URL = "https://u:" + canary + "@github.example.com/" },
		"merge":       func(o *github.Options) { o.Merge = "octopus" },
		"app":         func(o *github.Options) { o.Token = nil },
		"app or":      func(o *github.Options) { o.App = &github.App{} },
		"private key": func(o *github.Options) { o.Token, o.App = nil, &github.App{Key: []byte(canary)} },
	} {
		o := good()
		spoil(&o)
		if _, err := github.New(o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", want, err)
		}
	}
	f, err := github.New(good())
	if err != nil || !slices.Equal([]bool{f.Can()[forge.Comment], f.Can()[forge.Queue]}, []bool{true, false}) {
		t.Errorf("%v", err)
	}
}

// TestALongLimit: during a long limit calls fail at once and send no request; after it they
// work again.
func TestALongLimit(t *testing.T) {
	reset := strconv.FormatInt(time.Date(2026, 4, 2, 10, 50, 0, 0, time.UTC).Unix(), 10)
	for name, fault := range map[string]githubtest.Fault{
		"primary":      {Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, Body: `{"message":"API rate limit exceeded"}`},
		"secondary":    {Status: 403, Header: map[string]string{"Retry-After": "2400"}, Body: `{"message":"You have exceeded a secondary rate limit."}`},
		"of two hours": {Status: 429, Header: map[string]string{"Retry-After": "7200"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id, head := w.open("a")
			w.hub.Fail(fault)
			w.slept = nil
			for i := range 3 {
				_, err := w.forge.Changes(t.Context(), "main")
				w.fails(err, nil, "limits")
				_, err = w.forge.Do(t.Context(), land(id, head))
				w.fails(err, nil, "limits")
				if n := len(w.hub.Requests()); n != 1 {
					t.Fatalf("after %d looks at it, %d requests were made", i+1, n)
				}
			}
			var slept time.Duration
			for _, d := range w.slept {
				slept += d
			}
			if slept > 2*time.Minute {
				t.Errorf("everybody stood still for %s", slept)
			}
			w.hub.Pass(80 * time.Minute)
			if _, err := w.forge.Changes(t.Context(), "main"); err != nil {
				t.Errorf("when it was over: %v", err)
			}
		})
	}
}
