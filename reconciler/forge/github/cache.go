package github

import (
	"bytes"
	"container/list"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// maxCache bounds the bytes of the bodies in a cache.
const maxCache = 64 << 20

// cache keeps responses with their ETag for conditional requests: GitHub answers 304 for
// what did not change, which does not count against the rate limit. Every request is
// sent; nothing is answered from the cache alone. When it is full, the response that was
// used longest ago goes.
type cache struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	order   *list.List // most recently used first
	bytes   int
}

type cachedResponse struct {
	key, etag string
	header    http.Header
	body      []byte
}

func newCache() *cache { return &cache{entries: map[string]*list.Element{}, order: list.New()} }

func cacheKey(r *http.Request) string { return r.Header.Get("Accept") + " " + r.URL.String() }

// condition makes a request conditional on the cached response that it returns, or returns
// nil. The caller holds on to that response, because the cache may evict it before GitHub
// answers 304.
func (c *cache) condition(r *http.Request) *cachedResponse {
	if r.Method != http.MethodGet {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[cacheKey(r)]
	if e == nil {
		return nil
	}
	held := e.Value.(*cachedResponse)
	r.Header.Set("If-None-Match", held.etag)
	return held
}

// store stores a response with an ETag. In place of a 304 it returns the cached response
// that the request was conditional on.
func (c *cache) store(r *http.Request, resp *http.Response, raw []byte, held *cachedResponse) *http.Response {
	if r.Method != http.MethodGet {
		return resp
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey(r)
	e := c.entries[key]
	switch {
	case resp.StatusCode == http.StatusNotModified && held != nil:
		if e != nil && e.Value.(*cachedResponse) == held {
			c.order.MoveToFront(e)
		}
		hit := held
		again := *resp
		again.StatusCode, again.Status = http.StatusOK, "200 OK"
		again.Header = hit.header.Clone()
		for _, name := range []string{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
			again.Header.Del(name) // those of the cached response are out of date
			if v := resp.Header.Get(name); v != "" {
				again.Header.Set(name, v)
			}
		}
		again.ContentLength = int64(len(hit.body))
		again.Header.Set("Content-Length", strconv.Itoa(len(hit.body)))
		again.Body = io.NopCloser(bytes.NewReader(hit.body))
		return &again
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "" && len(raw) < maxCache/8:
		if e != nil {
			c.remove(e)
		}
		c.entries[key] = c.order.PushFront(&cachedResponse{key, resp.Header.Get("ETag"), resp.Header.Clone(), raw})
		c.bytes += len(raw)
		for c.bytes > maxCache {
			c.remove(c.order.Back())
		}
	}
	return resp
}

func (c *cache) remove(e *list.Element) {
	old := e.Value.(*cachedResponse)
	c.order.Remove(e)
	delete(c.entries, old.key)
	c.bytes -= len(old.body)
}
