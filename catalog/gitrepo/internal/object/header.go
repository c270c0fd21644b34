package object

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/gitrepo/internal/packstore"
)

// Person is who wrote or committed something, as they say themselves: anybody may
// write any name.
type Person struct {
	Name  string
	Email string
	When  time.Time // to the second, in the zone that is written
}

// Trailer is a line such as "App: expense-submit" at the end of a message.
type Trailer struct {
	Key   string
	Value string
}

// A header is one line at the start of a commit or tag, with the lines that
// continue it.
type header struct {
	key   string
	value []byte // continuation lines joined by newlines
	raw   []byte // as it is stored, final newline included
	own   bool   // value is a copy
}

// splitHeaders cuts a commit or tag into headers and message. Git reads a header
// without a value, and headers that no empty line ends: so does this, and reports
// the second, since there is no saying where a message would begin.
func splitHeaders(raw []byte) (headers []header, message []byte, ended bool, err error) {
	rest := raw
	for len(rest) > 0 {
		end := bytes.IndexByte(rest, '\n')
		if end == 0 {
			return headers, rest[1:], true, nil
		}
		line, next := rest, len(rest)
		if end > 0 {
			line, next = rest[:end], end+1
		}
		if line[0] == ' ' {
			if len(headers) == 0 {
				return nil, nil, false, fmt.Errorf("%w: it starts with a space", packstore.ErrMalformed)
			}
			headers[len(headers)-1].goOn(line[1:], next)
		} else {
			key, value, _ := bytes.Cut(line, []byte(" "))
			headers = append(headers, header{key: string(key), value: value, raw: rest[:next]})
		}
		rest = rest[next:]
	}
	return headers, nil, false, nil
}

// goOn takes a line that continues the header, of n bytes as it is stored.
func (h *header) goOn(line []byte, n int) {
	if !h.own {
		h.value, h.own = bytes.Clone(h.value), true // else the next line would be overwritten
	}
	h.value = append(append(h.value, '\n'), line...)
	h.raw = h.raw[:len(h.raw)+n]
}

// readPerson reads an author, committer or tagger. What cannot be read stays
// empty and is reported.
func readPerson(b []byte) (Person, error) {
	bad := fmt.Errorf("%w: %.120q is nobody", packstore.ErrMalformed, b)
	lt, gt := bytes.IndexByte(b, '<'), bytes.LastIndexByte(b, '>')
	if lt < 0 || gt < lt {
		return Person{}, bad
	}
	p := Person{
		Name:  strings.TrimSpace(string(b[:lt])),
		Email: strings.TrimSpace(string(b[lt+1 : gt])),
	}
	if strings.ContainsAny(p.Email+p.Name, "<>") {
		return p, bad
	}
	seconds, zone, ok := strings.Cut(strings.TrimPrefix(string(b[gt+1:]), " "), " ")
	at, err := strconv.ParseInt(seconds, 10, 64)
	// A time that does not fit into four digits of a year cannot be shown or
	// compared as text.
	if err != nil || !ok || at < 0 || at >= 253402300800 {
		return p, bad
	}
	p.When = time.Unix(at, 0).UTC()
	offset, err := readZone(zone)
	if err != nil {
		return p, bad
	}
	p.When = p.When.In(offset)
	return p, nil
}

// readZone reads "+0100". Odd zones exist in old histories; more than a day is
// none.
func readZone(s string) (*time.Location, error) {
	if len(s) != 5 || s[0] != '+' && s[0] != '-' {
		return nil, packstore.ErrMalformed
	}
	n, err := strconv.ParseUint(s[1:], 10, 16)
	if err != nil || n >= 2400 || n%100 >= 60 {
		return nil, packstore.ErrMalformed
	}
	offset := int(n/100*3600 + n%100*60)
	if s[0] == '-' {
		offset = -offset
	}
	if offset == 0 {
		return time.UTC, nil
	}
	return time.FixedZone(s, offset), nil
}

// AppendPerson writes what readPerson reads. Characters that would end a field
// are left out, as git does.
func AppendPerson(b []byte, key string, p Person) []byte {
	plain := func(s string) string {
		s = strings.Map(func(c rune) rune {
			if c == '<' || c == '>' || c < ' ' || c == 0x7f {
				return -1
			}
			return c
		}, s)
		return strings.Trim(s, " .,:;\"'\\")
	}
	name, email := plain(p.Name), plain(p.Email)
	return fmt.Appendf(b, "%s %s <%s> %d %s\n", key, name, email, p.When.Unix(), p.When.Format("-0700"))
}

// trailersOf reads the trailers of a message: its last paragraph, when that is
// not the first and nothing but trailers.
func trailersOf(message string) []Trailer {
	message = strings.TrimRight(message, "\n")
	start := strings.LastIndex(message, "\n\n")
	if start < 0 {
		return nil
	}
	var trailers []Trailer
	for line := range strings.SplitSeq(message[start+2:], "\n") {
		if len(trailers) > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			last := &trailers[len(trailers)-1]
			last.Value += " " + strings.TrimSpace(line)
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || !trailerKey(key) {
			return nil
		}
		trailers = append(trailers, Trailer{key, strings.TrimSpace(value)})
	}
	return trailers
}

func trailerKey(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			return false
		}
	}
	return s != ""
}
