package kubetest

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// Late answers each request after a pause.
func Late(pause time.Duration) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		select {
		case <-time.After(pause):
			pass.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// Refuse answers with a code instead of the API server. Where a pause is given, whoever asked
// is told to wait that long.
func Refuse(code int, pause time.Duration) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if pause > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(pause.Seconds())))
		}
		http.Error(w, http.StatusText(code), code)
	}
}

// Reset breaks the connection before the API server sees the request.
func Reset(w http.ResponseWriter, _ *http.Request, _ http.Handler) { reset(w) }

// Lose has the API server do what it is asked, and breaks the connection before the answer.
func Lose(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	pass.ServeHTTP(httptest.NewRecorder(), r)
	reset(w)
}

// reset closes a connection such that the other side meets a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if own, ok := conn.(*tracked); ok {
		_ = own.Conn.(*net.TCPConn).SetLinger(0)
	}
	_ = conn.Close()
}

// Hang takes a request and never answers.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }

// Cut ends each answer properly after a while, as a proxy does with a watch that lasts.
func Cut(after time.Duration) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		ctx, cancel := context.WithTimeout(r.Context(), after)
		defer cancel()
		defer func() { _ = recover() }() // a reverse proxy panics where an answer breaks off: this one ends
		pass.ServeHTTP(w, r.WithContext(ctx))
	}
}

// Silence keeps what the API server says to itself from the moment at which quiet says so: the
// connection stays, and nothing comes.
func Silence(quiet func() bool) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		pass.ServeHTTP(&silenced{w, quiet}, r)
	}
}

type silenced struct {
	http.ResponseWriter
	quiet func() bool
}

func (s *silenced) Write(p []byte) (int, error) {
	if s.quiet() {
		return len(p), nil
	}
	return s.ResponseWriter.Write(p)
}

func (s *silenced) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Watches says whether a request is a watch.
func Watches(r *http.Request) bool { return r.URL.Query().Get("watch") != "" }
