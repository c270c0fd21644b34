package githubtest

import (
	"net/http"
	"strings"
)

// Fault is a response that replaces the next one to a matching request.
type Fault struct {
	Method, Path string // which requests it matches: method, and a part of the path; empty for any
	Status       int
	Header       map[string]string
	Body         string
}

// Fail answers the next requests that match with faults, each once, in order.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault answers a request with the first fault that matches it.
func (s *Server) fault(w http.ResponseWriter, r Request, note func(int)) bool {
	for i, f := range s.faults {
		if f.Method != "" && f.Method != r.Method || !strings.Contains(r.Path, f.Path) {
			continue
		}
		s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		for key, value := range f.Header {
			w.Header().Set(key, value)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		note(f.Status)
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(orElse(f.Body, `{"message":"Server Error"}`)))
		return true
	}
	return false
}
