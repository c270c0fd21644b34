package github_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

const secret = "hush-canary-7f3a9c1"

// ear records what a handler does.
type ear struct {
	http.Handler
	mu     sync.Mutex
	nudges []string
	kept   [][]byte
	fail   error
	shout  bool
}

func (w *world) listen() *ear {
	w.t.Helper()
	e := &ear{}
	h, err := w.forge.Handler([]byte(secret), func(key forge.Key) {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.shout {
			panic(secret)
		}
		e.nudges = append(e.nudges, string(key))
	}, func(given forge.Evidence) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.fail == nil {
			e.kept = append(e.kept, bytes.Clone(given.Payload))
		}
		return e.fail
	})
	if err != nil {
		w.t.Fatal(err)
	}
	e.Handler = h
	return e
}

func TestHandlerNeedsASecret(t *testing.T) {
	w := newWorld(t)
	for _, none := range []string{"", " \n"} {
		if h, err := w.forge.Handler([]byte(none), func(forge.Key) {}, func(forge.Evidence) error { return nil }); err == nil || h != nil {
			t.Errorf("there is a handler with the secret %q", none)
		}
	}
}

func TestPublishedPayloads(t *testing.T) {
	for event, want := range map[string][]string{
		"pull_request.opened": {"change/2"}, "pull_request.synchronize": {"change/2"}, "pull_request.closed": {"change/2"}, "pull_request.converted_to_draft": {"change/2"},
		"pull_request_review.submitted": {"change/2"}, "pull_request_review.dismissed": {"change/2"},
		"check_run.completed": {"change/2"}, "push": nil, "ping": nil, "issue_comment.created": nil,
	} {
		t.Run(event, func(t *testing.T) {
			w := newWorld(t)
			w.forge = w.make(func(o *github.Options) { o.Owner, o.Repo = "Codertocat", "hello-world" })
			e := w.listen()
			file, err := githubtest.Fixture(filepath.Join("webhooks", event+".json"))
			if err != nil {
				t.Fatal(err)
			}
			payload, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kind, _, _ := strings.Cut(event, ".")
			d := githubtest.Delivery{ID: "1", Event: kind, Payload: payload}
			if code := githubtest.Send(e, secret, d); code != http.StatusAccepted {
				t.Errorf("it is answered %d", code)
			}
			if !slices.Equal(e.nudges, want) {
				t.Errorf("nudged were %q, want %q", e.nudges, want)
			}
			if len(e.kept) != 0 { // the published review has no verdict
				t.Errorf("%d payloads were kept", len(e.kept))
			}
		})
	}
}

func TestForgedDeliveries(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.approve(id, "bob")
	sent := w.hub.Deliveries()
	d := sent[len(sent)-1]
	e := w.listen()
	good := func() *http.Request {
		var r *http.Request
		githubtest.Send(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
			r = got.Clone(t.Context())
			r.Body = http.NoBody
		}), secret, d)
		return r
	}
	for name, c := range map[string]struct {
		want  int
		spoil func(*http.Request) []byte
	}{
		"without a signature": {401, func(r *http.Request) []byte { r.Header.Del("X-Hub-Signature-256"); return d.Payload }},
		"with two":            {401, func(r *http.Request) []byte { r.Header.Add("X-Hub-Signature-256", "sha256=00"); return d.Payload }},
		"with an empty one":   {401, func(r *http.Request) []byte { r.Header.Set("X-Hub-Signature-256", "sha256="); return d.Payload }},
		"with the old kind": {401, func(r *http.Request) []byte {
			r.Header.Set("X-Hub-Signature", "sha1=00")
			r.Header.Del("X-Hub-Signature-256")
			return d.Payload
		}},
		"by SHA-1": {401, func(r *http.Request) []byte {
			mac := hmac.New(sha1.New, []byte(secret))
			mac.Write(d.Payload)
			for _, header := range []string{"X-Hub-Signature", "X-Hub-Signature-256"} {
				r.Header.Set(header, "sha1="+hex.EncodeToString(mac.Sum(nil)))
			}
			return d.Payload
		}},
		"of something else": {401, func(r *http.Request) []byte { return append(bytes.Clone(d.Payload), ' ') }},
		"by another secret": {401, func(r *http.Request) []byte {
			r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("ab", 32))
			return d.Payload
		}},
		"too big":             {413, func(r *http.Request) []byte { return bytes.Repeat([]byte(" "), 1<<20+1) }},
		"without an id":       {400, func(r *http.Request) []byte { r.Header.Del("X-GitHub-Delivery"); return d.Payload }},
		"read and not posted": {405, func(r *http.Request) []byte { r.Method = http.MethodGet; return nil }},
	} {
		r := good()
		body := c.spoil(r)
		again := httptest.NewRequest(r.Method, "/", bytes.NewReader(body))
		again.Header = r.Header
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, again)
		if rec.Code != c.want || strings.Contains(rec.Body.String(), secret) {
			t.Errorf("%s it is answered %d %q, want %d", name, rec.Code, rec.Body, c.want)
		}
	}
	for name, d := range map[string]githubtest.Delivery{
		"not JSON":                {ID: "x1", Event: "push", Payload: []byte("payload=%7B%7D")},
		"a review without stamp":  {ID: "x2", Event: "pull_request_review", Payload: []byte(`{"action":"submitted","repository":{"name":"catalog","owner":{"login":"acme"}}}`)},
		"nested without an end":   {ID: "x3", Event: "push", Payload: []byte(strings.Repeat("[", 500_000))},
		"numbers beyond all size": {ID: "x4", Event: "pull_request", Payload: []byte(`{"number":1e400,"repository":{"name":"catalog","owner":{"login":"acme"}}}`)},
	} {
		if code := githubtest.Send(e, secret, d); code != http.StatusBadRequest {
			t.Errorf("%s is answered %d", name, code)
		}
	}
	other := githubtest.Delivery{ID: "x5", Event: "pull_request", Payload: []byte(`{"number":1,"pull_request":{"number":1},"repository":{"name":"catalog","owner":{"login":"evil"}}}`)}
	if code := githubtest.Send(e, secret, other); code != http.StatusAccepted {
		t.Errorf("of another repository it is answered %d", code)
	}
	if len(e.nudges) != 0 || len(e.kept) != 0 {
		t.Errorf("nudged were %q, and %d payloads were kept", e.nudges, len(e.kept))
	}
}

func TestDeliveriesThatComeTwiceLateOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, first := w.open("a")
	review := w.approve(id, "bob")
	w.rewrite(id, "ada")
	w.hub.Dismiss(num(id), int64(num(review)))
	lost := w.approve(id, "carol")
	w.rewrite(id, "ada")
	sent := w.hub.Deliveries()
	slices.Reverse(sent)
	e := w.listen()
	for _, d := range slices.Concat(sent, sent) {
		if strings.Contains(string(d.Payload), `"id":`+lost+`,`) && d.Event == "pull_request_review" {
			continue
		}
		if code := githubtest.Send(e, secret, d); code != http.StatusAccepted {
			t.Errorf("%s is answered %d", d.Event, code)
		}
	}
	if len(e.kept) != 1 {
		t.Errorf("%d payloads of reviews were kept, want the submission once", len(e.kept))
	}
	if r := w.review(id, review); r.Commit != first || !r.Witnessed {
		t.Errorf("the review that was delivered is %+v", r)
	}
	if r := w.review(id, lost); r.Witnessed {
		t.Errorf("the review that was lost is %+v", r)
	}
}

// TestAReviewOfARepositoryWithProperties: fields of a payload that nobody reads may have any
// form. The custom properties of a repository may be lists, which go-github does not take.
func TestAReviewOfARepositoryWithProperties(t *testing.T) {
	w := newWorld(t)
	w.hub.MoveStamps()
	id, first := w.open("a")
	review := w.approve(id, "bob")
	sent := w.hub.Deliveries()
	d := sent[len(sent)-1]
	d.Payload = bytes.Replace(d.Payload, []byte(`"repository":{`), []byte(`"installation":7,"repository":{"custom_properties":{"tags":["a","b"]},`), 1)
	w.rewrite(id, "ada")
	e := w.listen()
	if code := githubtest.Send(e, secret, d); code != http.StatusAccepted || len(e.kept) != 1 || !slices.Equal(e.nudges, []string{"change/" + id}) {
		t.Errorf("it is answered %d, and nudged were %q", code, e.nudges)
	}
	if r := w.review(id, review); r.Commit != first || !r.Witnessed {
		t.Errorf("the review is %+v", r)
	}
	w.forge = w.make() // which captures what the spool kept
	if _, err := w.forge.Capture(e.kept[0]); err != nil {
		t.Fatal(err)
	}
	if r := w.review(id, review); r.Commit != first || !r.Witnessed {
		t.Errorf("after a restart the review is %+v", r)
	}
}

func TestADeliveryThatCouldNotBeKept(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.approve(id, "bob")
	sent := w.hub.Deliveries()
	d := sent[len(sent)-1]
	e := w.listen()
	e.fail = errors.New("the disk is full; the key was " + secret)
	if code := githubtest.Send(e, secret, d); code != http.StatusInternalServerError || len(e.nudges) != 0 {
		t.Errorf("it is answered %d, and nudged were %q", code, e.nudges)
	}
	e.fail = fmt.Errorf("spool it: %w", forge.ErrFull)
	if code := githubtest.Send(e, secret, d); code != http.StatusServiceUnavailable || len(e.nudges) != 0 {
		t.Errorf("without room it is answered %d, and nudged were %q", code, e.nudges)
	}
	e.fail = nil // GitHub delivers it again under the same id
	if code := githubtest.Send(e, secret, d); code != http.StatusAccepted || len(e.kept) != 1 || !slices.Equal(e.nudges, []string{"change/" + id}) {
		t.Errorf("again it is answered %d, and nudged were %q", code, e.nudges)
	}
	e.shout = true
	d.ID = "another"
	rec := httptest.NewRecorder()
	githubtest.Send(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { e.ServeHTTP(rec, r) }), secret, d)
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), secret) {
		t.Errorf("a panic is answered %d %q", rec.Code, rec.Body)
	}
}

func TestADeliveryIsTakenWithoutAskingGitHub(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.approve(id, "bob")
	e := w.listen()
	for _, d := range w.hub.Deliveries() {
		githubtest.Send(e, secret, d)
	}
	if n := len(w.hub.Requests()); len(e.kept) != 1 || n != 0 {
		t.Errorf("%d payloads were kept, with %d requests", len(e.kept), n)
	}
}

func TestOurOwnDoingsAreNoNews(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.hub.Comment(num(id), "levee-daemon", "/levee recheck")
	w.hub.Comment(num(id), "bob", "/levee recheck")
	w.change(id) // from here on it knows who it is
	e := w.listen()
	for _, d := range w.hub.Deliveries() {
		githubtest.Send(e, secret, d)
	}
	if !slices.Equal(e.nudges, []string{"change/" + id}) {
		t.Errorf("nudged were %q", e.nudges)
	}
}

// TestWhatNudges: a comment nudges only if it is a command of a collaborator or of the author.
func TestWhatNudges(t *testing.T) {
	w := newWorld(t)
	id, _ := w.open("a")
	w.hub.Account("mallory", "")
	w.hub.Stranger("mallory")
	w.hub.Stranger("ada") // who wrote the change
	for _, c := range []struct {
		by, text string
		nudges   bool
	}{
		{"bob", "/levee recheck", true},
		{"bob", "/levee confirm 7f3a9c1", true},
		{"ada", "/levee recheck\nplease", true},
		{"bob", "what does it mean?", false},
		{"bob", "please /levee recheck", false},
		{"bob", "> /levee recheck", false},
		{"bob", "/levee rechecks", false},
		{"bob", "/levee", false},
		{"mallory", "/levee recheck", false},
		{"mallory", "/levee confirm 7f3a9c1", false},
		{"levee[bot]", "/levee recheck", false},
	} {
		e := w.listen()
		w.hub.Comment(num(id), c.by, c.text)
		for _, d := range w.hub.Deliveries() {
			if code := githubtest.Send(e, secret, d); code != http.StatusAccepted {
				t.Errorf("%q by %s is answered %d", c.text, c.by, code)
			}
		}
		if (len(e.nudges) > 0) != c.nudges {
			t.Errorf("%q by %s nudges %q", c.text, c.by, e.nudges)
		}
	}
	for _, c := range []struct {
		event, payload string
		want           []string
	}{
		{"push", `"ref":"refs/heads/main"`, []string{"landing"}},
		{"push", `"ref":"refs/heads/levee/ledger"`, nil},
		{"push", `"ref":"refs/tags/main"`, nil},
		{"star", `"action":"created","number":1,"pull_request":{"number":1}`, nil},
		{"pull_request_review_comment", `"action":"created","pull_request":{"number":1}`, nil},
		{"check_suite", `"action":"completed","check_suite":{"pull_requests":[]}`, []string{""}},
		{"issue_comment", `"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"body":"/levee recheck","author_association":"MEMBER","user":{"login":"helper[bot]","type":"Bot"}}`, nil},
		{"issue_comment", `"action":"edited","issue":{"number":1,"pull_request":{}},"comment":{"body":"/levee recheck","author_association":"OWNER","user":{"login":"bob","type":"User"}}`, nil},
	} {
		e := w.listen()
		d := githubtest.Delivery{ID: "1", Event: c.event, Payload: []byte(`{` + c.payload + `,"repository":{"name":"catalog","owner":{"login":"acme"}}}`)}
		if code := githubtest.Send(e, secret, d); code != http.StatusAccepted || !slices.Equal(e.nudges, c.want) {
			t.Errorf("%s %s is answered %d and nudges %q, want %q", c.event, c.payload, code, e.nudges, c.want)
		}
	}
}
