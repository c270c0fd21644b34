package transport

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
	writeInterval = time.Second      // between two writes, as GitHub asks for
	defaultWait   = time.Minute      // the wait where GitHub does not say how long; doubled each time
	maxWait       = 90 * time.Second // the most that one request waits; claims in the ledger last longer
	maxLimit      = 75 * time.Minute // the longest limit that is believed; GitHub's end within the hour
	maxResponse   = 32 << 20         // bytes of a response
)

// RateLimiter is the transport that keeps GitHub's rate limits. Writes go one at a time and
// a second apart. No request is sent during a limit: one that ends within maxWait is waited
// for and the request is sent again, during a longer one every request fails at once with
// an error that says how long it lasts. Requests are conditional, by the cache. A response
// is read whole before it is passed on.
//
// go-github has a rate limiter of its own, which uses the machine's clock and returns
// errors instead of waiting; the headers that it works by are removed from responses.
type RateLimiter struct {
	Next    http.RoundTripper
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Cache   *Cache        // nil for requests that are not conditional
	Timeout time.Duration // of one request; none if zero

	writing   chan struct{} // held while a write is sent
	once      sync.Once
	mu        sync.Mutex
	lastWrite time.Time
	until     time.Time // the end of the present limit
	refusals  int       // how many requests in a row were refused because of a limit
}

func (l *RateLimiter) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		l.once.Do(func() { l.writing = make(chan struct{}, 1) })
		select {
		case l.writing <- struct{}{}:
			defer func() { <-l.writing }()
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
	end := l.Now().Add(maxWait)
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
		if until := l.Now().Add(min(pause, maxLimit)); limited && until.After(l.until) {
			l.until = until
		}
		if l.refusals++; !limited {
			l.refusals = 0
		}
		l.mu.Unlock()
		if !limited {
			return resp, nil
		}
		_ = resp.Body.Close()
	}
}

// wait returns when a request may be sent. It fails at once if the limit ends after an
// instant, and when the request's context ends.
func (l *RateLimiter) wait(r *http.Request, end time.Time) error {
	for {
		l.mu.Lock()
		now, limited := l.Now(), l.until
		pause := limited.Sub(now)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			pause = max(pause, l.lastWrite.Add(writeInterval).Sub(now))
		}
		l.mu.Unlock()
		switch {
		case pause <= 0:
			return nil
		case limited.After(end):
			return fmt.Errorf("GitHub limits how much may be asked, for %s more; ask less often, or as an app of its own", limited.Sub(now).Round(time.Second))
		}
		if err := l.Sleep(r.Context(), pause); err != nil {
			return err
		}
	}
}

// send sends a request once and reads the whole response. A web page in place of JSON,
// as from a proxy, is an error.
func (l *RateLimiter) send(r *http.Request, body []byte) (*http.Response, error) {
	out := r.Clone(r.Context())
	if l.Timeout > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), l.Timeout)
		defer cancel()
		out = r.Clone(ctx)
	}
	if body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	var held *cachedResponse
	if l.Cache != nil {
		held = l.Cache.condition(out)
	}
	resp, err := l.Next.RoundTrip(out)
	if r.Method != http.MethodGet {
		l.mu.Lock()
		l.lastWrite = l.Now()
		l.mu.Unlock()
	}
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if len(raw) > maxResponse {
		return nil, fmt.Errorf("the answer of GitHub has more than %d bytes", maxResponse)
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if page, ok := webPage(resp.Header, raw); ok {
		return nil, fmt.Errorf("%s answers with %s, not as GitHub does (status %d): a sign-in page or a proxy stands between; look at the forge's URL and the proxy", r.URL.Host, page, resp.StatusCode)
	}
	if l.Cache != nil {
		resp = l.Cache.store(r, resp, raw, held)
	}
	return resp, nil
}

// limited reports whether a response says that a rate limit was reached, and how long to
// wait. If it used up the last request of the limit, the limit's end is noted. It removes
// the headers of the limit.
func (l *RateLimiter) limited(resp *http.Response) (time.Duration, bool) {
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
		if ends.After(l.until) && ends.Sub(l.Now()) <= maxLimit {
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
		return max(ends.Sub(l.Now()), time.Second), true
	}
	raw, _ := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	text := strings.ToLower(string(raw))
	if resp.StatusCode == http.StatusTooManyRequests || strings.Contains(text, "secondary rate limit") || strings.Contains(text, "abuse detection") {
		l.mu.Lock()
		defer l.mu.Unlock()
		return defaultWait << min(l.refusals, 6), true
	}
	return 0, false
}
