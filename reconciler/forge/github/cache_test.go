package github

import (
	"io"
	"net/http"
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
	c := newCache()
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"1"`}}}
	if kept := c.store(request(), answer, []byte("body"), nil); kept.Body != nil {
		defer kept.Body.Close()
	}
	r := request()
	held := c.condition(r)
	if r.Header.Get("If-None-Match") != `"1"` {
		t.Fatalf("it asks with %v", r.Header)
	}
	c.remove(c.entries[cacheKey(r)])
	resp := c.store(r, &http.Response{StatusCode: http.StatusNotModified, Header: http.Header{}}, nil, held)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Body == nil {
		t.Fatalf("the answer is %d", resp.StatusCode)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "body" {
		t.Errorf("%q, %v", body, err)
	}
	if c.bytes != 0 || len(c.entries) != 0 {
		t.Errorf("the cache holds %d bytes of %d answers", c.bytes, len(c.entries))
	}
}
