package packstore

import (
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

func TestCacheKeepsToItsLimit(t *testing.T) {
	c := newCache(100_000)
	for i := range 1000 {
		c.put(place{nil, int64(i)}, Object{plumbing.BlobObject, make([]byte, 1000)})
	}
	c.put(place{nil, -1}, Object{plumbing.BlobObject, make([]byte, 50_000)})
	if c.used > c.limit || len(c.at) != c.order.Len() || len(c.at) < 50 {
		t.Errorf("it holds %d bytes of %d objects", c.used, len(c.at))
	}
	if _, ok := c.get(place{nil, 999}); !ok {
		t.Error("the newest is gone")
	}
	if _, ok := c.get(place{nil, 1}); ok {
		t.Error("the oldest is there")
	}
	if _, ok := c.get(place{nil, -1}); ok {
		t.Error("a large one drove out others")
	}
}
