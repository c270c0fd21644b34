package api

import (
	lru "github.com/hashicorp/golang-lru/v2"
)

// NewLRU is a memory of the last things that were asked for or written.
func NewLRU[V any](size int) *lru.Cache[string, V] {
	cache, err := lru.New[string, V](size)
	if err != nil {
		panic(err) // unreachable: it is only that a size is negative
	}
	return cache
}
