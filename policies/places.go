package policies

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

// places are the places of the input that the rules of a set read, each once,
// however many rules do.
type places struct {
	paths   [][]string
	numbers map[place]int
	deepest []int // all of them, those with the longest path first
}

// add returns the number of a place.
func (p *places) add(at place) int {
	n, ok := p.numbers[at]
	if !ok {
		if p.numbers == nil {
			p.numbers = map[place]int{}
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

// order is called once all places are added.
func (p *places) order() {
	p.deepest = slices.SortedFunc(maps.Values(p.numbers), func(a, b int) int {
		return cmp.Or(cmp.Compare(len(p.paths[b]), len(p.paths[a])), cmp.Compare(a, b))
	})
}

// excerpt is the part of an input that some rules can look at. The rest is not
// there for them, so it need not be converted to what they are evaluated over.
func (s *RuleSet) excerpt(input map[string]any, which []int) map[string]any {
	wanted := make([]bool, len(s.places.paths))
	for _, i := range which {
		for _, at := range s.rules[i].reads {
			wanted[at] = true
		}
	}
	part := map[string]any{}
	for _, at := range s.places.deepest { // so that all of an object is laid over parts of it
		if !wanted[at] {
			continue
		}
		path := s.places.paths[at]
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
				break // of what is no object, there is nothing
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

// of prepares one input's places for keys.
func (p *places) of(input map[string]any) *excerpts {
	return &excerpts{input: input, paths: p.paths, at: make([]span, len(p.paths)), text: make([]byte, 0, 4096)}
}

// excerpts are the places of one input as keys are made of them, each written when
// it is first wanted: what is short as it is, else its digest.
type excerpts struct {
	input map[string]any
	paths [][]string
	at    []span
	text  []byte
}

type span struct{ from, to int } // of the text; a place that was written is never empty

// key is the digest of several places together, for one rule. What is written of a
// place tells where it ends, so no two rows of places are written alike.
func (e *excerpts) key(places []int) (key, error) {
	all := make([]byte, 0, 512)
	for _, n := range places {
		if e.at[n].to == 0 {
			if err := e.write(n); err != nil {
				return key{}, err
			}
		}
		all = append(all, e.text[e.at[n].from:e.at[n].to]...)
	}
	return sha256.Sum256(all), nil
}

func (e *excerpts) write(n int) (err error) {
	from := len(e.text)
	if value, ok := look(e.input, e.paths[n]); !ok {
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

// look finds what is at a place. Of what is no object, there is nothing.
func look(input map[string]any, path []string) (value any, ok bool) {
	value = input
	for _, name := range path {
		object, _ := value.(map[string]any)
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// appendValue writes a JSON value so that equal values are equal bytes and others
// are not: each by its kind, and what has a length by its length.
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
