package github_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/forge/github/githubtest"
)

// FuzzWebhook: without a valid signature nothing happens; with it the response is 202 or
// 400, and only the payload of a review is captured, byte for byte.
func FuzzWebhook(f *testing.F) {
	folder, err := githubtest.Fixture("webhooks")
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no payloads: %v", err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		event, _, _ := strings.Cut(filepath.Base(file), ".")
		f.Add(payload, event, "1")
	}
	f.Add([]byte("{}"), "pull_request_review", "2")
	f.Add([]byte("[[[["), "push", "")
	o := github.Options{Owner: "Codertocat", Repo: "Hello-World", Base: "main", URL: "http://127.0.0.1:1"}
	asToken(&o)
	hub, err := github.New(o)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, event, id string) {
		var nudged, kept int
		handler, err := hub.Handler([]byte(secret), func(forge.Key) { nudged++ }, func(given forge.Evidence) error {
			if kept++; !bytes.Equal(given.Payload, body) {
				t.Error("what is kept is not what came")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		send := func(signature string) int {
			r := httptest.NewRequest(http.MethodPost, "/webhook", bytes.NewReader(body))
			r.Header["X-Github-Event"], r.Header["X-Github-Delivery"] = []string{event}, []string{id}
			r.Header.Set("X-Hub-Signature-256", signature)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			return w.Code
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		right := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		if code := send(right[:len(right)-1] + "x"); code != http.StatusUnauthorized || nudged+kept > 0 {
			t.Errorf("without the signature: %d, %d nudges, %d kept", code, nudged, kept)
		}
		switch code := send(right); {
		case code != http.StatusAccepted && code != http.StatusBadRequest:
			t.Errorf("the answer is %d", code)
		case code == http.StatusBadRequest && nudged+kept > 0:
			t.Errorf("refused, and yet %d nudges and %d kept", nudged, kept)
		case kept > 0 && event != "pull_request_review":
			t.Errorf("an event %q was kept", event)
		}
	})
}
