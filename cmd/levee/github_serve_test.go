package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

const hookSecret = "hush-canary-41c0ffee"

// A served is a daemon at work in a world, with its address.
type served struct {
	*hubWorld
	url     string
	metrics string
	stop    func() int // ends it and returns its exit code
	said    *reconcilertest.Log
	sent    int // events of our own making
}

// hooked is a world whose daemon listens for webhooks, and looks by itself only after
// poll.
func hooked(t testing.TB, poll, settings string, apps ...string) *hubWorld {
	t.Helper()
	if apps == nil {
		apps = []string{"board"}
	}
	w := onHub(newWorld(t, apps...), asApp, settings)
	w.write("hook-secret", hookSecret+"\n")
	config := strings.Replace(w.read("levee.yaml"), "drift: 1s", fmt.Sprintf("drift: 24h\npoll: %s\nlisten: %q\nmetrics: %q", poll, freeAddress(t), freeAddress(t)), 1)
	w.write("levee.yaml", strings.Replace(config, "forge: {kind: github,", "forge: {kind: github, webhookSecret: hook-secret,", 1))
	return w
}

// serve starts the daemon and waits for its first pass. It ends with the test, if it
// was not stopped before.
func (w *hubWorld) serve(intercept reconciler.Intercept) *served {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	d := &served{hubWorld: w, said: &reconcilertest.Log{}}
	_, rest, _ := strings.Cut(w.read("levee.yaml"), "listen: \"")
	address, _, _ := strings.Cut(rest, "\"")
	d.url = "http://" + address
	_, rest, _ = strings.Cut(rest, "metrics: \"")
	address, _, _ = strings.Cut(rest, "\"")
	d.metrics = "http://" + address
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve", "--config", filepath.Join(w.dir, "levee.yaml")}, terminal.IO{
			Out: d.said, Err: d.said, Now: w.now, Sleep: w.sleep, Intercept: intercept,
		})
	}()
	d.stop = sync.OnceValue(func() int {
		cancel()
		return <-code
	})
	w.t.Cleanup(func() { d.stop() })
	d.eventually("the first pass", func() bool { return d.passes() > 0 && d.counted("levee_pass_duration_seconds") > 0 })
	return d
}

// patience is how long a daemon has for what it does at last, also with the race detector
// and other tests beside it; quiet is for how long one that rests does nothing.
const (
	patience = 3 * time.Minute
	quiet    = 500 * time.Millisecond
)

// eventually waits until something is so.
func (d *served) eventually(what string, is func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("%s never came; the daemon says\n%s", what, d.said)
		}
	}
}

// passes is how many rounds over the changes ended, but perhaps for single ones.
func (d *served) passes() int { return d.counted("levee_review_duration_seconds") }

// counted is how often something ended well, or partly, that a histogram times.
func (d *served) counted(what string) int {
	return d.metric(what+"_count", "done") + d.metric(what+"_count", "partly")
}

// reviews is how many reviews of single changes have ended.
func (d *served) reviews() int {
	return d.metric("levee_reviews_total", "done") + d.metric("levee_reviews_total", "failed")
}

// metric is the value of a metric for an outcome.
func (d *served) metric(name, outcome string) (n int) {
	resp, err := http.Get(d.metrics + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	_, rest, _ := strings.Cut(string(raw), "\n"+name+"{outcome=\""+outcome+"\"} ")
	_, _ = fmt.Sscan(rest, &n)
	return n
}

// rest waits until the daemon does nothing more by itself.
func (d *served) rest() {
	d.t.Helper()
	last, since := -1, time.Now()
	d.eventually("rest", func() bool {
		if n := d.passes() + d.reviews() + len(d.hub.Requests()); n != last {
			last, since = n, time.Now()
		}
		return time.Since(since) > quiet
	})
}

// nothingHappens fails if the daemon looks at anything, or keeps anything, for what
// is done to it.
func (d *served) nothingHappens(what string, do func()) {
	d.t.Helper()
	d.rest()
	passes, requests, spooled := d.passes()+d.reviews(), len(d.hub.Requests()), d.spooled()
	do()
	time.Sleep(30 * time.Millisecond)
	if n := d.passes() + d.reviews() - passes; n != 0 {
		d.t.Errorf("%s made %d passes", what, n)
	}
	if n := len(d.hub.Requests()) - requests; n != 0 {
		d.t.Errorf("%s made %d requests", what, n)
	}
	if n := d.spooled() - spooled; n != 0 {
		d.t.Errorf("%s put %d payloads into the spool", what, n)
	}
}

// spooled counts the payloads that are kept.
func (w *hubWorld) spooled() int {
	w.t.Helper()
	list, err := filepath.Glob(filepath.Join(w.dir, "data", "spool", "*.fact"))
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

// deliver sends a delivery, signed with a secret, or not at all where it is empty,
// and returns the answer's status.
func (d *served) deliver(x githubtest.Delivery, secret string) int {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url+"/webhook", bytes.NewReader(x.Payload))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", x.Event)
	r.Header.Set("X-GitHub-Delivery", x.ID)
	if secret != "" {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(x.Payload)
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatalf("deliver %s: %v\n%s", x.Event, err, d.said)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// deliverAll sends what GitHub has to deliver of an event, and drops the rest.
func (d *served) deliverAll(event string) {
	d.t.Helper()
	for _, x := range d.hub.Deliveries() {
		if x.Event == event {
			if code := d.deliver(x, hookSecret); code != http.StatusAccepted {
				d.t.Errorf("%s is answered %d", event, code)
			}
		}
	}
}

// published is one of GitHub's own example payloads, as it would be for a pull request
// here.
func (w *hubWorld) published(name string, number int) githubtest.Delivery {
	w.t.Helper()
	file, err := githubtest.Fixture(filepath.Join("webhooks", name+".json"))
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(raw, &payload); err != nil {
		w.t.Fatal(err)
	}
	repository := payload["repository"].(map[string]any)
	repository["name"], repository["full_name"] = "catalog", "acme/catalog"
	repository["owner"].(map[string]any)["login"] = "acme"
	if pull, ok := payload["pull_request"].(map[string]any); ok {
		pull["number"] = number
	}
	if raw, err = json.Marshal(payload); err != nil {
		w.t.Fatal(err)
	}
	event, _, _ := strings.Cut(name, ".")
	return githubtest.Delivery{ID: "published-" + name, Event: event, Payload: raw}
}
