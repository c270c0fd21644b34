package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"
)

// workspace is slacktest's server with state: it keeps people, channels and messages, and
// enforces scopes, membership and limits.
type workspace struct {
	t   *testing.T
	url string
	now func() time.Time

	mu       sync.Mutex
	token    string
	scopes   []string
	self     string
	page     int // the most entries of a page
	people   map[string]*person
	rooms    map[string]*room
	stamp    int
	next     map[string][]answer // by method, given instead of or after what it does
	requests []request
}

type person struct {
	ID, Refusal string // of an opening
	Deleted     bool
}

type room struct {
	ID, Name, Refusal         string
	Private, Archived, Member bool
	Messages                  []*message
}

type message struct {
	TS, Bot, Text, Blocks string
	Metadata              json.RawMessage
	Edits                 int
	form                  form
}

// answer replaces the response to one request; with after, the request has its effect all
// the same.
type answer struct {
	status     int
	retryAfter string
	body       string
	after      bool
	hang       <-chan struct{}
}

type (
	request struct {
		method string
		form   form
	}
	form map[string]string
)

func newWorkspace(t *testing.T, now func() time.Time) *workspace {
	w := &workspace{
		t: t, now: now, token: canary, self: "B1", page: 1000,
		scopes: []string{"chat:write", "users:read", "users:read.email", "im:write", "im:history", "channels:read", "channels:history", "groups:read", "groups:history"},
		people: map[string]*person{}, rooms: map[string]*room{}, next: map[string][]answer{},
	}
	methods := map[string]struct {
		do    func(form) map[string]any
		scope string
	}{
		"auth.test":             {w.whoami, ""},
		"users.lookupByEmail":   {w.lookup, "users:read.email"},
		"users.conversations":   {w.list, ""},
		"conversations.open":    {w.open, "im:write"},
		"conversations.history": {w.history, ""},
		"chat.postMessage":      {w.post, "chat:write"},
		"chat.update":           {w.update, "chat:write"},
	}
	server := slacktest.NewTestServer(func(c slacktest.Customize) {
		for method, m := range methods {
			c.Handle("/"+method, func(rw http.ResponseWriter, r *http.Request) { w.serve(rw, r, method, m.scope, m.do) })
		}
	})
	server.Start()
	t.Cleanup(server.Stop)
	w.url = server.GetAPIURL()
	return w
}

func (w *workspace) serve(rw http.ResponseWriter, r *http.Request, method, scope string, do func(form) map[string]any) {
	if err := r.ParseForm(); err != nil {
		w.t.Error(err)
	}
	f := form{}
	for k := range r.PostForm {
		f[k] = r.PostForm.Get(k)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, request{method, f})
	var instead *answer
	if queue := w.next[method]; len(queue) > 0 {
		instead, w.next[method] = &queue[0], queue[1:]
	}
	if instead == nil || instead.after {
		result := w.allowed(f, scope)
		if result == nil {
			result = do(f)
		}
		if result["error"] == nil {
			result["ok"] = true
		}
		if instead == nil {
			rw.Header().Set("Content-Type", "application/json")
			if method == "auth.test" && len(w.scopes) > 0 {
				rw.Header().Set("X-OAuth-Scopes", strings.Join(w.scopes, ","))
			}
			_ = json.NewEncoder(rw).Encode(result)
			return
		}
	}
	if instead.hang != nil {
		w.mu.Unlock()
		<-instead.hang
		w.mu.Lock()
	}
	if instead.retryAfter != "" {
		rw.Header().Set("Retry-After", instead.retryAfter)
	}
	rw.WriteHeader(max(instead.status, http.StatusOK))
	_, _ = rw.Write([]byte(instead.body))
}

func refuse(code string) map[string]any { return map[string]any{"ok": false, "error": code} }

func (w *workspace) allowed(f form, scope string) map[string]any {
	switch {
	case f["token"] != w.token:
		return refuse("invalid_auth")
	case scope != "" && !slices.Contains(w.scopes, scope):
		return map[string]any{"ok": false, "error": "missing_scope", "needed": scope, "provided": strings.Join(w.scopes, ",")}
	}
	return nil
}

// instead queues answers to the next requests of a method.
func (w *workspace) instead(method string, answers ...answer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next[method] = append(w.next[method], answers...)
}

func (w *workspace) person(id, email string) *person {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &person{ID: id}
	w.people[email] = p
	return p
}

func (w *workspace) room(id, name string) *room {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &room{ID: id, Name: name, Member: true}
	w.rooms[id] = r
	return r
}

// change changes the workspace.
func (w *workspace) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
}

// asked counts the requests of a method.
func (w *workspace) asked(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, r := range w.requests {
		if r.method == method {
			n++
		}
	}
	return n
}

// messages are those of a conversation: of a channel by its name or id, or with the
// person of an address.
func (w *workspace) messages(at string) []*message {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.people[at]; p != nil {
		at = "D" + p.ID
	}
	for _, r := range w.rooms {
		if r.ID == at || r.Name != "" && "#"+r.Name == at {
			return slices.Clone(r.Messages)
		}
	}
	return nil
}

func (w *workspace) delete(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	channel, ts, _ := strings.Cut(id, "/")
	w.rooms[channel].Messages = slices.DeleteFunc(w.rooms[channel].Messages, func(m *message) bool { return m.TS == ts })
}

func (w *workspace) ts() string {
	w.stamp++
	return fmt.Sprintf("%d.%06d", w.now().Unix(), w.stamp)
}
