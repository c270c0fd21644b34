package github

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	spacing   = time.Second      // between two writes
	patience  = time.Minute      // where GitHub does not say how long to wait; doubled each time
	bearable  = 90 * time.Second // that a request waits for limits; claims hold for longer
	tooLong   = 75 * time.Minute // limits end within the hour
	maxAnswer = 32 << 20         // bytes
)

// A line lets requests through as GitHub wants them: writes one at a time and a
// second apart, nothing while a limit holds, and again what a limit kept out. A limit
// that holds longer fails what is asked meanwhile, at once: whoever asks has other
// things to do. It answers from its cache what did not change.
//
// go-github counts limits itself and gives up early, by the machine's clock; the
// headers it does so by end here.
type line struct {
	next    http.RoundTripper
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	keeper  *keeper
	cache   *cache
	timeout time.Duration

	turn   chan struct{} // held by who writes
	once   sync.Once
	mu     sync.Mutex
	wrote  time.Time
	until  time.Time // when the limit ends
	struck int       // how many requests in a row a limit kept out
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		l.once.Do(func() { l.turn = make(chan struct{}, 1) })
		select {
		case l.turn <- struct{}{}:
			defer func() { <-l.turn }()
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	end := l.now().Add(bearable)
	for {
		if err := l.wait(r, end); err != nil {
			return nil, err
		}
		resp, err := l.send(r, body)
		if err != nil {
			return nil, err
		}
		pause, limited := l.limited(resp)
		l.mu.Lock()
		if until := l.now().Add(min(pause, tooLong)); limited && until.After(l.until) {
			l.until = until
		}
		if l.struck++; !limited {
			l.struck = 0
		}
		l.mu.Unlock()
		if !limited {
			return resp, nil
		}
		_ = resp.Body.Close()
	}
}

// wait lets limits end that do so before an instant, and keeps writes apart.
func (l *line) wait(r *http.Request, end time.Time) error {
	for {
		l.mu.Lock()
		now, limited := l.now(), l.until
		pause := limited.Sub(now)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			pause = max(pause, l.wrote.Add(spacing).Sub(now))
		}
		l.mu.Unlock()
		switch {
		case pause <= 0:
			return nil
		case limited.After(end):
			return fmt.Errorf("GitHub limits how much may be asked, for %s more; ask less often, or as an app of its own", limited.Sub(now).Round(time.Second))
		}
		if err := l.sleep(r.Context(), pause); err != nil {
			return err
		}
	}
}

// send makes one request and reads its answer whole.
func (l *line) send(r *http.Request, body []byte) (*http.Response, error) {
	out := r.Clone(r.Context())
	if l.timeout > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), l.timeout)
		defer cancel()
		out = r.Clone(ctx)
	}
	if body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	var held *cached
	if l.cache != nil {
		held = l.cache.ask(out)
	}
	resp, err := l.next.RoundTrip(out)
	if r.Method != http.MethodGet {
		l.mu.Lock()
		l.wrote = l.now()
		l.mu.Unlock()
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if len(raw) > maxAnswer {
		return nil, fmt.Errorf("the answer of GitHub has more than %d bytes", maxAnswer)
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if page, ok := webPage(resp.Header, raw); ok {
		return nil, fmt.Errorf("%s answers with %s, not as GitHub does (status %d): a sign-in page or a proxy stands between; look at the forge's URL and the proxy", r.URL.Host, page, resp.StatusCode)
	}
	if l.cache != nil {
		resp = l.cache.keep(r, resp, raw, held)
	}
	return resp, nil
}

// limited reports whether an answer is that a limit was reached, and how long to
// wait. What is left of a limit is noted, and its headers are taken off.
func (l *line) limited(resp *http.Response) (time.Duration, bool) {
	h := resp.Header
	left, reset := h.Get("X-RateLimit-Remaining"), h.Get("X-RateLimit-Reset")
	after := h.Get("Retry-After")
	for key := range h {
		if strings.HasPrefix(key, "X-Ratelimit-") {
			delete(h, key)
		}
	}
	var ends time.Time
	if at, err := strconv.ParseInt(reset, 10, 64); err == nil && left == "0" {
		ends = time.Unix(at, 0).Add(time.Second)
		l.mu.Lock()
		if ends.After(l.until) && ends.Sub(l.now()) <= tooLong {
			l.until = ends
		}
		l.mu.Unlock()
	}
	if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		h.Del("Retry-After")
		return time.Duration(seconds)*time.Second + time.Second, true
	}
	if !ends.IsZero() {
		return max(ends.Sub(l.now()), time.Second), true
	}
	raw, _ := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	text := strings.ToLower(string(raw))
	if resp.StatusCode == http.StatusTooManyRequests || strings.Contains(text, "secondary rate limit") || strings.Contains(text, "abuse detection") {
		l.mu.Lock()
		defer l.mu.Unlock()
		return patience << min(l.struck, 6), true
	}
	return 0, false
}
