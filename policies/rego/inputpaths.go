package rego

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// inputPaths are the input paths that the rules of a set depend on, each with a number.
type inputPaths struct {
	paths   [][]string
	numbers map[inputPath]int
	deepest []int // all numbers, those with the longest path first
}

// add returns the number of a path.
func (p *inputPaths) add(at inputPath) int {
	n, ok := p.numbers[at]
	if !ok {
		if p.numbers == nil {
			p.numbers = map[inputPath]int{}
		}
		n = len(p.paths)
		p.numbers[at] = n
		var path []string
		if at != "" {
			path = strings.Split(string(at), ".")
		}
		p.paths = append(p.paths, path)
	}
	return n
}

// sort sets deepest. It is called after the last add.
func (p *inputPaths) sort() {
	p.deepest = slices.SortedFunc(maps.Values(p.numbers), func(a, b int) int {
		return cmp.Or(cmp.Compare(len(p.paths[b]), len(p.paths[a])), cmp.Compare(a, b))
	})
}

// excerpt is the part of an input that some rules depend on. The rest is left out, so that
// it need not be converted to OPA's values.
func (s *Set) excerpt(input map[string]any, which []int) map[string]any {
	wanted := make([]bool, len(s.paths.paths))
	for _, i := range which {
		for _, at := range s.rules[i].inputs {
			wanted[at] = true
		}
	}
	part := map[string]any{}
	for _, at := range s.paths.deepest { // a whole object replaces parts of it that were copied before
		if !wanted[at] {
			continue
		}
		path := s.paths.paths[at]
		if len(path) == 0 {
			return input
		}
		from, to := input, part
		for i, name := range path {
			value, ok := from[name]
			if !ok {
				break
			}
			if i == len(path)-1 {
				to[name] = value
				break
			}
			below, isObject := value.(map[string]any)
			if !isObject {
				break // there is nothing below
			}
			next, ok := to[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				to[name] = next
			}
			from, to = below, next
		}
	}
	return part
}

// encoder prepares the keys of one input.
func (p *inputPaths) encoder(input map[string]any) *inputEncoder {
	return &inputEncoder{input: input, paths: p.paths, at: make([]span, len(p.paths)), text: make([]byte, 0, 4096)}
}

// inputEncoder has the values at the input paths of one input, encoded for cache keys. A value
// is encoded when it is first needed; a long encoding is replaced by its digest.
type inputEncoder struct {
	input map[string]any
	paths [][]string
	at    []span
	text  []byte
}

type span struct{ from, to int } // of the text; to is 0 until the path was encoded

// key is the cache key of a rule that depends on some paths: the digest of their encoded
// values. An encoding tells where it ends, so different values have different keys.
func (e *inputEncoder) key(places []int) (findingKey, error) {
	all := make([]byte, 0, 512)
	for _, n := range places {
		if e.at[n].to == 0 {
			if err := e.encode(n); err != nil {
				return findingKey{}, err
			}
		}
		all = append(all, e.text[e.at[n].from:e.at[n].to]...)
	}
	return sha256.Sum256(all), nil
}

func (e *inputEncoder) encode(n int) (err error) {
	from := len(e.text)
	if value, ok := lookup(e.input, e.paths[n]); !ok {
		e.text = append(e.text, '-') // which differs from null
	} else if e.text, err = appendValue(e.text, value); err != nil {
		return fmt.Errorf("write the input of rules: %w", err)
	}
	if written := e.text[from:]; len(written) > sha256.Size {
		sum := sha256.Sum256(written)
		e.text = append(append(e.text[:from], '#'), sum[:]...)
	}
	e.at[n] = span{from, len(e.text)}
	return nil
}

// lookup finds the value at a path. Below a value that is no object there is none.
func lookup(input map[string]any, path []string) (value any, ok bool) {
	value = input
	for _, name := range path {
		object, _ := value.(map[string]any)
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// appendValue appends the encoding of a JSON value: its kind, its length where it has one,
// and its content. Different values have different encodings.
func appendValue(to []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(to, 'n'), nil
	case bool:
		if v {
			return append(to, 't'), nil
		}
		return append(to, 'f'), nil
	case string:
		return appendText(append(to, 's'), v), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(to, 'd'), math.Float64bits(v)), nil
	case []any:
		to = binary.AppendUvarint(append(to, 'l'), uint64(len(v)))
		var err error
		for _, item := range v {
			if to, err = appendValue(to, item); err != nil {
				return nil, err
			}
		}
		return to, nil
	case map[string]any:
		to = binary.AppendUvarint(append(to, 'o'), uint64(len(v)))
		names := slices.AppendSeq(make([]string, 0, 32), maps.Keys(v))
		slices.Sort(names)
		var err error
		for _, name := range names {
			if to, err = appendValue(appendText(to, name), v[name]); err != nil {
				return nil, err
			}
		}
		return to, nil
	}
	return nil, fmt.Errorf("%T is no JSON value", value)
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}
