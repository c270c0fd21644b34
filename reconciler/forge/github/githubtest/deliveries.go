package githubtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
)

// Delivery is a webhook on its way. Tests lose, double, delay and reorder them.
type Delivery struct {
	ID, Event string
	Payload   []byte
}

// deliver queues the delivery of an event.
func (s *Server) deliver(event, by, action string, more obj) {
	more["action"], more["sender"] = action, s.user(by)
	more["repository"] = obj{"name": s.repo, "full_name": s.owner + "/" + s.repo, "owner": s.user(s.owner)}
	raw, err := json.Marshal(more)
	if err != nil {
		s.t.Error(err)
	}
	s.sent = append(s.sent, Delivery{fmt.Sprintf("delivery-%d", s.id()), event, raw})
}

// Deliveries returns the deliveries queued since the last call, oldest first.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.sent
	s.sent = nil
	return sent
}

// Send sends a delivery to a handler, signed with a secret, and returns the status.
func Send(h http.Handler, secret string, d Delivery) int {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(d.Payload)
	r := httptest.NewRequest(http.MethodPost, "/hooks/github", bytes.NewReader(d.Payload))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", d.Event)
	r.Header.Set("X-GitHub-Delivery", d.ID)
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}
