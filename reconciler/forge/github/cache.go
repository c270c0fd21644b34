package github

import (
	"bytes"
	"container/list"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// maxCache bounds the bytes that a cache holds.
const maxCache = 64 << 20

// A cache keeps answers with their ETag, so that asking for what did not change
// costs nothing of the limit. It never answers without asking.
type cache struct {
	mu    sync.Mutex
	by    map[string]*list.Element
	order *list.List // the latest used first
	bytes int
}

type cached struct {
	key, etag string
	header    http.Header
	body      []byte
}

func newCache() *cache { return &cache{by: map[string]*list.Element{}, order: list.New()} }

func cacheKey(r *http.Request) string { return r.Header.Get("Accept") + " " + r.URL.String() }

// ask makes a request conditional, on the answer that it returns; nil where there is
// none. By the time the request is answered the cache may have let go of it.
func (c *cache) ask(r *http.Request) *cached {
	if r.Method != http.MethodGet {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.by[cacheKey(r)]
	if e == nil {
		return nil
	}
	held := e.Value.(*cached)
	r.Header.Set("If-None-Match", held.etag)
	return held
}

// keep remembers an answer, or puts the one that was asked about in place of "not
// modified".
func (c *cache) keep(r *http.Request, resp *http.Response, raw []byte, held *cached) *http.Response {
	if r.Method != http.MethodGet {
		return resp
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey(r)
	e := c.by[key]
	switch {
	case resp.StatusCode == http.StatusNotModified && held != nil:
		if e != nil && e.Value.(*cached) == held {
			c.order.MoveToFront(e)
		}
		hit := held
		again := *resp
		again.StatusCode, again.Status = http.StatusOK, "200 OK"
		again.Header = hit.header.Clone()
		for _, name := range []string{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
			again.Header.Del(name) // what was left then is not what is left now
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
			c.drop(e)
		}
		c.by[key] = c.order.PushFront(&cached{key, resp.Header.Get("ETag"), resp.Header.Clone(), raw})
		c.bytes += len(raw)
		for c.bytes > maxCache {
			c.drop(c.order.Back())
		}
	}
	return resp
}

func (c *cache) drop(e *list.Element) {
	old := e.Value.(*cached)
	c.order.Remove(e)
	delete(c.by, old.key)
	c.bytes -= len(old.body)
}
