package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Problem is why a request was not answered, and what to do: a body as RFC 9457 has it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`

	after time.Duration // when it is worth while to ask again; zero where that is not known
}

// Error implements error.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// problem is one with the usual title of its status.
func problem(status int, format string, args ...any) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// again is a problem that is over after a while.
func (p *Problem) again(after time.Duration) *Problem {
	p.after = after
	return p
}

// answer writes a value as JSON. What was found to be a secret is taken out of its text.
func (a *API) answer(w http.ResponseWriter, r *http.Request, status int, kind string, value any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b) // which writes < and > as escapes, whatever a browser makes of them
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		a.Log.Error("an answer cannot be written as JSON", "path", r.URL.Path, "error", err)
		status, kind = http.StatusInternalServerError, problemJSON
		b.Reset()
		b.WriteString(`{"title":"Internal Server Error","status":500,"detail":"The answer could not be written; the daemon's log says why."}`)
	}
	text := b.Bytes()
	if !a.Redactor.Empty() {
		text = []byte(a.Redactor.Text(b.String()))
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // whoever asked is gone
	}
}

const problemJSON = "application/problem+json"

// refuse answers with what is wrong. What is no Problem is said in the log, and not to whoever called.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p *Problem
	switch {
	case errors.As(err, &p):
	case r.Context().Err() != nil:
		return // nobody waits for it
	default:
		a.Log.Error("a request could not be answered", "method", r.Method, "path", r.URL.Path, "error", err)
		p = problem(http.StatusServiceUnavailable, "It could not be told; the daemon's log says why. Try again later.").again(10 * time.Second)
	}
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.after.Seconds()))))
	}
	a.answer(w, r, p.Status, problemJSON, p)
}
