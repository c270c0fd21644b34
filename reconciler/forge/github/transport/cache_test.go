package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestNotModifiedAfterTheCacheLetGo: a 304 is answered with the cached response also if that
// was evicted between request and response.
func TestNotModifiedAfterTheCacheLetGo(t *testing.T) {
	request := func() *http.Request {
		r, err := http.NewRequest(http.MethodGet, "https://example.com/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	c := NewCache()
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"1"`}}}
	if kept := c.store(request(), answer, []byte("body"), nil); kept.Body != nil {
		defer kept.Body.Close()
	}
	r := request()
	held := c.condition(r)
	if r.Header.Get("If-None-Match") != `"1"` {
		t.Fatalf("it asks with %v", r.Header)
	}
	c.entries.Remove(cacheKey(r))
	resp := c.store(r, &http.Response{StatusCode: http.StatusNotModified, Header: http.Header{}}, nil, held)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Body == nil {
		t.Fatalf("the answer is %d", resp.StatusCode)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "body" {
		t.Errorf("%q, %v", body, err)
	}
	if c.bytes != 0 || c.entries.Len() != 0 {
		t.Errorf("the cache holds %d bytes of %d answers", c.bytes, c.entries.Len())
	}
}

// TestTheCacheIsBounded: the bodies in the cache have no more bytes than maxCache, and the
// response that was used longest ago goes first.
func TestTheCacheIsBounded(t *testing.T) {
	c, body := NewCache(), make([]byte, maxCache/8-1)
	request := func(i int) *http.Request { return httptest.NewRequest(http.MethodGet, fmt.Sprint("/", i), nil) }
	for i := range 20 {
		if i > 0 && c.condition(request(0)) == nil {
			t.Fatalf("before response %d the one that is always used went", i)
		}
		if kept := c.store(request(i), &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {"x"}}}, body, nil); kept.Body != nil {
			defer kept.Body.Close()
		}
		if held := c.entries.Len(); c.bytes > maxCache || c.bytes != held*len(body) || held != min(i+1, 8) {
			t.Fatalf("after %d responses the cache holds %d bytes of %d", i+1, c.bytes, held)
		}
	}
}
