package policies

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// memory is what one rule answered, by all that it could look at. It holds two
// generations: when the young one is full it becomes the old one, and what was not
// asked for again meanwhile is forgotten. That takes a third of the room of a list
// of what was used last, and there are hundreds of thousands of answers.
type memory struct {
	mu         sync.Mutex
	young, old map[key]*finding
}

func (m *memory) get(k key) (*finding, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.young[k]; ok {
		return f, true
	}
	f, ok := m.old[k]
	if ok {
		m.put(k, f)
	}
	return f, ok
}

func (m *memory) add(k key, f *finding) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(k, f)
}

func (m *memory) put(k key, f *finding) {
	if len(m.young) >= rememberedAnswers/2 {
		m.old, m.young = m.young, nil
	}
	if m.young == nil {
		m.young = map[key]*finding{}
	}
	m.young[k] = f
}

// key is what an answer is remembered by: a digest of places of an input.
type key [sha256.Size]byte

// places are the places of the input that the rules of a set read, each once,
// however many rules do.
type places struct {
	paths   [][]string
	numbers map[place]int
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

// of prepares the digests of one input's places.
func (p *places) of(input map[string]any) *digests {
	return &digests{input: input, paths: p.paths, known: make([]bool, len(p.paths)), keys: make([]key, len(p.paths))}
}

// digests of the places of one input, each worked out when it is first wanted.
type digests struct {
	input map[string]any
	paths [][]string
	known []bool
	keys  []key
	text  []byte // of the last place, kept for its room
}

// key is the digest of several places together, for one rule.
func (d *digests) key(places []int) (key, error) {
	all := make([]byte, 0, 16*sha256.Size)
	for _, at := range places {
		if !d.known[at] {
			if err := d.hash(at); err != nil {
				return key{}, err
			}
		}
		all = append(all, d.keys[at][:]...)
	}
	return sha256.Sum256(all), nil
}

func (d *digests) hash(at int) (err error) {
	value := any(d.input)
	for _, name := range d.paths[at] {
		object, _ := value.(map[string]any) // of what is no object, there is nothing
		next, ok := object[name]
		if !ok {
			d.keys[at], d.known[at] = key{1}, true // which differs from null
			return nil
		}
		value = next
	}
	if d.text, err = appendValue(d.text[:0], value); err != nil {
		return fmt.Errorf("write the input of rules: %w", err)
	}
	d.keys[at], d.known[at] = sha256.Sum256(d.text), true
	return nil
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
