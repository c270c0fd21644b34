package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/api/auth"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestRefusals: who may not, asks too much or asks nothing sensible is told so, and what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 6000)
	if _, header := s.refused(request("GET", "/v1/apps", ""), http.StatusServiceUnavailable); header.Get("Retry-After") != "5" {
		t.Errorf("before the first pass: %v", header)
	}
	w.Once(s.process)
	board := reconcilertest.Board("alpha")
	with := func(r *http.Request, name, value string) *http.Request {
		r.Header.Set(name, value)
		return r
	}
	many := `{"files": {` + strings.Repeat(`"a": "", `, 1) + `"vendors/0.yaml": ""`
	for i := range 101 {
		many += `, "vendors/` + strings.Repeat("x", i+1) + `.yaml": ""`
	}
	for _, c := range []struct {
		what   string
		r      *http.Request
		status int
		says   string
	}{
		{"no token", httptest.NewRequest("GET", "/v1/apps", nil), 401, "Authorization: Bearer"},
		{"another scheme", with(request("GET", "/v1/apps", ""), "Authorization", "Basic "+portalToken), 401, "Authorization: Bearer"},
		{"nobody's token", with(request("GET", "/v1/apps/alpha", ""), "Authorization", "Bearer "+portalToken+"x"), 401, "nobody's"},
		{"the beginning of a token", with(request("POST", "/v1/decide", board), "Authorization", "Bearer "+portalToken[:24]), 401, "nobody's"},
		{"who may only read", with(request("POST", "/v1/decide", board), "Authorization", "bearer "+readerToken), 403, "reader may not decide"},
		{"nothing there", request("GET", "/v1/teams", ""), 404, "/v1/openapi.json"},
		{"another method", request("DELETE", "/v1/apps/alpha", ""), 405, "GET, HEAD"},
		{"deciding by GET", request("GET", "/v1/decide", ""), 405, "POST"},
		{"a huge body", request("POST", "/v1/decide", board+strings.Repeat("#\n", 1<<20)), 413, "1048576 bytes"},
		{"a form", with(request("POST", "/v1/decide", board), "Content-Type", "application/x-www-form-urlencoded"), 415, "application/yaml"},
		{"no type", with(request("POST", "/v1/decide", board), "Content-Type", ""), 415, "application/json"},
		{"compressed", with(request("POST", "/v1/decide", board), "Content-Encoding", "gzip"), 415, "not compressed"},
		{"no JSON", request("POST", "/v1/decide", "{"), 422, `{"files":`},
		{"more than JSON", request("POST", "/v1/decide", `{"files": {"roles.yaml": ""}} {}`), 422, "one object"},
		{"another field", request("POST", "/v1/decide", `{"files": {"roles.yaml": ""}, "force": true}`), 422, "force"},
		{"no files", request("POST", "/v1/decide", `{"files": {}}`), 422, "1 to 100"},
		{"many files", request("POST", "/v1/decide", many+`}}`), 422, "1 to 100"},
		{"outside", request("POST", "/v1/decide", `{"files": {"apps/../../etc/passwd": ""}}`), 422, "root of the catalog"},
		{"absolute", request("POST", "/v1/decide", `{"files": {"/etc/passwd": ""}}`), 422, "root of the catalog"},
		{"backwards", request("POST", "/v1/decide", `{"files": {"apps\\x\\app.yaml": ""}}`), 422, "slashes"},
		{"Git's own", request("POST", "/v1/decide", `{"files": {".git/config": ""}}`), 422, "belongs to a catalog"},
		{"file and folder", request("POST", "/v1/decide", `{"files": {"apps/a": "", "apps/a/app.yaml": ""}}`), 422, "at once"},
		{"nowhere", request("POST", "/v1/decide", "hello: there\n"), 422, "?path="},
		{"a bad place", request("POST", "/v1/decide?path=../x", board), 422, "root of the catalog"},
		{"another parameter", request("POST", "/v1/decide?force=true", board), 422, "force"},
		{"a limit that is none", request("GET", "/v1/apps?limit=many", ""), 422, "1 to 500"},
		{"a limit that is too high", request("GET", "/v1/apps?limit=501", ""), 422, "1 to 500"},
		{"a verdict that is none", request("GET", "/v1/apps?verdict=fine", ""), 422, "needs-approval"},
		{"a filter that is none", request("GET", "/v1/apps?people=ana", ""), 422, "owner, team"},
		{"a filter twice", request("GET", "/v1/apps?team=a&team=b", ""), 422, "more than once"},
	} {
		detail, header := s.refused(c.r, c.status)
		if !strings.Contains(detail, c.says) {
			t.Errorf("%s: it says %q, want %q", c.what, detail, c.says)
		}
		if c.status == 401 && header.Get("WWW-Authenticate") != `Bearer realm="levee"` {
			t.Errorf("%s: %v", c.what, header)
		}
		if c.status == 405 && header.Get("Allow") == "" {
			t.Errorf("%s: it does not say what is allowed", c.what)
		}
	}
}

// TestRates: each client asks as often as it may, whoever else asks, and guessing tokens is slow without
// holding up those who have one.
func TestRates(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 8)
	w.Once(s.process)
	ask := func(token string) int {
		r := request("GET", "/v1/apps", "")
		r.Header.Set("Authorization", "Bearer "+token)
		return s.ask(r).code
	}
	if a, b := ask(portalToken), ask(portalToken); a != 200 || b != 200 {
		t.Errorf("the first two are answered with %d and %d", a, b)
	}
	if _, header := s.refused(request("GET", "/v1/apps", ""), http.StatusTooManyRequests); header.Get("Retry-After") != "8" {
		t.Errorf("the third is to come again after %q", header.Get("Retry-After"))
	}
	if code := ask(readerToken); code != 200 {
		t.Errorf("another client is answered with %d", code)
	}
	guesses := map[int]int{}
	for range 30 {
		guesses[ask("guess-0123456789abcdef0123")]++
	}
	if guesses[401] != 20 || guesses[429] != 10 {
		t.Errorf("guesses are answered %v", guesses)
	}
	w.Later(8 * time.Second)
	if a, b := ask(portalToken), ask(portalToken); a != 200 || b != 429 {
		t.Errorf("later it is answered with %d and %d", a, b)
	}
}

// TestGuessesAskNobody: whoever guesses signed tokens has the provider asked for its keys a few times, and
// then no more.
func TestGuessesAskNobody(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			asked.Add(1)
			fmt.Fprint(rw, `{"keys": []}`)
			return
		}
		fmt.Fprintf(rw, `{"issuer": "http://%[1]s", "jwks_uri": "http://%[1]s/keys"}`, r.Host)
	}))
	t.Cleanup(provider.Close)
	w := reconcilertest.New(t, "alpha")
	callers, err := auth.New(auth.Options{
		Clients:  []auth.Client{{Name: "ci", Subjects: []string{"someone"}, May: auth.Permissions}},
		Provider: &auth.Provider{Issuer: provider.URL, Audience: "levee"}, Now: w.Now, Log: discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.API = &api.Options{Callers: callers}
	s := &served{t: t, process: w.Serve()}
	w.Once(s.process)
	answered := map[int]int{}
	for i := range 40 {
		r := request("GET", "/v1/apps", "")
		head := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"RS256","kid":"%d"}`, i))
		body := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"iss":%q,"aud":"levee","sub":"someone","exp":4102444800}`, provider.URL))
		r.Header.Set("Authorization", "Bearer "+head+"."+body+".c2ln")
		answered[s.ask(r).code]++
	}
	if answered[401] != 20 || answered[429] != 20 || asked.Load() == 0 || asked.Load() > 20 {
		t.Errorf("it is answered %v, and the provider was asked %d times", answered, asked.Load())
	}
}

// TestRotation: a token counts as soon as it is in the file, and no longer once it is out.
func TestRotation(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	s := serve(t, w, 6000)
	w.Once(s.process)
	const next = "portal-next-0123456789abcdef"
	ask := func(token string) int {
		r := request("GET", "/v1/apps", "")
		r.Header.Set("Authorization", "Bearer "+token)
		return s.ask(r).code
	}
	s.rotate("portal", portalToken, next)
	if a, b := ask(portalToken), ask(next); a != 200 || b != 200 {
		t.Errorf("while both are there: %d and %d", a, b)
	}
	s.rotate("portal", next)
	if a, b := ask(portalToken), ask(next); a != 401 || b != 200 {
		t.Errorf("once the first is out: %d and %d", a, b)
	}
}

// TestNobodyIsAnswered: without clients in the configuration there is nothing below /v1/.
func TestNobodyIsAnswered(t *testing.T) {
	t.Parallel()
	w := reconcilertest.New(t, "alpha")
	p := w.Serve()
	w.Once(p)
	for _, path := range []string{"/v1/apps", "/v1/decide", "/v1/openapi.json"} {
		recorder := httptest.NewRecorder()
		p.Handler().ServeHTTP(recorder, request("GET", path, ""))
		if recorder.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, recorder.Code)
		}
	}
}
