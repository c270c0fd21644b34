package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
	"github.com/levee-gitops/levee/reconciler/target"
)

const apiToken = "0123456789abcdef0123456789abcdef"

// withAPI has a world's configuration let programs ask.
func (w *world) withAPI(lines string) {
	w.t.Helper()
	w.write("portal.token", apiToken+"\n")
	chmod(w, w.dir+"/portal.token", 0o600)
	w.write("levee.yaml", w.read("levee.yaml")+lines)
}

// TestServeAnswersPrograms: a daemon answers the programs that its configuration names, also after a
// restart and with a token that was rotated meanwhile.
func TestServeAnswersPrograms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "board")
	address := freeAddress(t)
	w.withAPI(fmt.Sprintf("listen: %s\npoll: 1s\napi: {clients: {portal: {token: portal.token}}, perMinute: 60000}\n", address))
	ask := func(method, path, token, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/yaml")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err.Error()
		}
		defer answer.Body.Close()
		raw, err := io.ReadAll(answer.Body)
		if err != nil {
			return 0, err.Error()
		}
		return answer.StatusCode, string(raw)
	}
	token := apiToken
	for _, next := range []string{"y", "z"} {
		ctx, stop := context.WithCancel(t.Context())
		var served sync.WaitGroup
		var said bytes.Buffer
		served.Go(func() {
			if code := run(ctx, []string{"serve", "--config", w.dir + "/levee.yaml"}, terminal.IO{Out: &said, Err: &said, Now: w.now}); code != exit.CodeFine {
				t.Errorf("serve ended with %d\n%s", code, &said)
			}
		})
		reconcilertest.Until(t, "apps are listed", func() bool {
			code, body := ask("GET", "/v1/apps", token, "")
			return code == http.StatusOK && strings.Contains(body, `"name": "board"`)
		})
		if code, body := ask("POST", "/v1/decide", token, boardFile("board", "budget: {monthly: 5}", "budget: {monthly: 5}\n  egress: [maps.example.org]")); code != http.StatusOK || !strings.Contains(body, "egress.vendor-approved") {
			t.Errorf("of a proposal it says %d\n%s", code, body)
		}
		rotated := strings.Repeat(next, 32)
		w.write("portal.token", rotated+"\n")
		if code, _ := ask("GET", "/v1/apps/board", token, ""); code != http.StatusUnauthorized {
			t.Errorf("with a token that was rotated away it is answered with %d", code)
		}
		if code, body := ask("GET", "/v1/apps/board", rotated, ""); code != http.StatusOK {
			t.Errorf("with the token that is there now it is answered with %d\n%s", code, body)
		}
		token = rotated
		stop()
		served.Wait()
		if strings.Contains(said.String(), apiToken) || strings.Contains(said.String(), rotated) {
			t.Errorf("the log tells a token:\n%s", &said)
		}
	}
}

// TestAPIConfiguration: what makes no sense keeps the daemon from starting, and doctor says the same.
func TestAPIConfiguration(t *testing.T) {
	t.Parallel()
	provider := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(rw).Encode(map[string]string{"issuer": "http://" + r.Host, "jwks_uri": "http://" + r.Host + "/keys"})
	}))
	t.Cleanup(provider.Close)
	for name, test := range map[string]struct {
		lines, at string
		state     target.CheckState
		says      string
		starts    bool
	}{
		"well":            {"listen: :0\napi: {clients: {portal: {token: portal.token, may: [read]}}}\n", "api: client portal", target.CheckWell, "1 token; it may read", true},
		"no address":      {"api: {clients: {portal: {token: portal.token}}}\n", "api: clients", target.CheckWrong, "nothing listens", false},
		"nobody":          {"listen: :0\napi: {}\n", "api: clients", target.CheckWrong, "names no clients", false},
		"no such verb":    {"listen: :0\napi: {clients: {portal: {token: portal.token, may: [write]}}}\n", "api: clients", target.CheckWrong, "read and decide", false},
		"no provider":     {"listen: :0\napi: {clients: {ci: {subjects: [a]}}}\n", "api: clients", target.CheckWrong, "no oidc", false},
		"no file":         {"listen: :0\napi: {clients: {portal: {token: other.token}}}\n", "api: client portal", target.CheckWrong, "other.token", true},
		"a provider":      {"listen: :0\napi: {clients: {ci: {subjects: [a]}}, oidc: {issuer: \"" + provider.URL + "\", audience: levee}}\n", "api: provider", target.CheckWell, "where its keys are", true},
		"another address": {"listen: :0\napi: {clients: {ci: {subjects: [a]}}, oidc: {issuer: \"" + provider.URL + "/\", audience: levee}}\n", "api: provider", target.CheckUnknown, "issuer", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.withAPI(test.lines)
			_, found := w.doctor()
			if c := found[test.at]; c.State != test.state || !strings.Contains(c.Detail, test.says) {
				t.Errorf("%s is %s: %s; want %s, %q", test.at, c.State, c.Detail, test.state, test.says)
			}
			if !test.starts {
				if code := w.levee("serve"); code != exit.CodeUsage || !strings.Contains(w.out.String(), test.says) {
					t.Errorf("serve ends with %d\n%s", code, &w.out)
				}
			}
		})
	}
}
