package transport

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// maxCache bounds the bytes of the bodies in a cache.
const maxCache = 64 << 20

// Cache keeps responses with their ETag for conditional requests: GitHub answers 304 for
// what did not change, which does not count against the rate limit. Every request is
// sent; nothing is answered from the cache alone. When it is full, the response that was
// used longest ago goes.
type Cache struct {
	mu      sync.Mutex
	entries *simplelru.LRU[string, *cachedResponse]
	bytes   int
}

type cachedResponse struct {
	etag   string
	header http.Header
	body   []byte
}

func NewCache() *Cache {
	c := &Cache{}
	c.entries, _ = simplelru.NewLRU(math.MaxInt, func(_ string, evicted *cachedResponse) { c.bytes -= len(evicted.body) })
	return c
}

func cacheKey(r *http.Request) string { return r.Header.Get("Accept") + " " + r.URL.String() }

// condition makes a request conditional on the cached response that it returns, or returns
// nil. The caller holds on to that response, because the cache may evict it before GitHub
// answers 304.
func (c *Cache) condition(r *http.Request) *cachedResponse {
	if r.Method != http.MethodGet {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	held, ok := c.entries.Get(cacheKey(r))
	if ok {
		r.Header.Set("If-None-Match", held.etag)
	}
	return held
}

// store keeps a response with an ETag. In place of a 304 it returns the cached response
// that the request was conditional on.
func (c *Cache) store(r *http.Request, resp *http.Response, raw []byte, held *cachedResponse) *http.Response {
	switch {
	case r.Method != http.MethodGet:
	case resp.StatusCode == http.StatusNotModified && held != nil:
		again := *resp
		again.StatusCode, again.Status = http.StatusOK, "200 OK"
		again.Header = held.header.Clone()
		for _, name := range []string{"X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Date"} {
			again.Header.Del(name) // those of the cached response are out of date
			if v := resp.Header.Get(name); v != "" {
				again.Header.Set(name, v)
			}
		}
		again.ContentLength = int64(len(held.body))
		again.Header.Set("Content-Length", strconv.Itoa(len(held.body)))
		again.Body = io.NopCloser(bytes.NewReader(held.body))
		return &again
	case resp.StatusCode == http.StatusOK && resp.Header.Get("ETag") != "" && len(raw) < maxCache/8:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.entries.Remove(cacheKey(r))
		c.entries.Add(cacheKey(r), &cachedResponse{resp.Header.Get("ETag"), resp.Header.Clone(), raw})
		c.bytes += len(raw)
		for c.bytes > maxCache {
			c.entries.RemoveOldest()
		}
	}
	return resp
}
