package evidence

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"
)

// place is a line, or a block of statements, in a file of the code.
type place struct{ file, at string }

// reached says of each place whether a test ran it. A place may come several times, once
// for each run: one of them is enough.
type reached map[place]bool

// add notes a place; false when there are too many of them.
func (r reached) add(at place, ran bool) bool {
	r[at] = r[at] || ran
	return len(r) <= maxContainers
}

// summary is that of a file which tells of these places.
func (r reached) summary(name, format string, weight func(place) int) Summary {
	s := Summary{Name: name, Kind: Coverage, Format: format}
	for at, ran := range r {
		n := weight(at)
		s.Code += n
		if ran {
			s.Covered += n
		}
	}
	if s.Code == 0 {
		return trouble(name, format, "It tells of no code.")
	}
	return s
}

// tooMuchCode is the trouble of a file for which add is false.
func tooMuchCode(name, format string) Summary {
	return trouble(name, format, "It tells of more than %d places in the code.", maxContainers)
}

func one(place) int { return 1 }

// readCobertura reads the lines of each class. Those of its methods are the same once more.
func readCobertura(name string, src []byte) Summary {
	places, file, methods := reached{}, "", 0
	var made time.Time
	decoder := xml.NewDecoder(bytes.NewReader(src))
	for token, err := range tokens(decoder.Token) {
		if err != nil {
			return unreadable(name, cobertura, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "coverage":
				made = unixTime(attribute(t, "timestamp"))
			case "class":
				file = attribute(t, "filename")
			case "method":
				methods++
			case "line":
				if methods > 0 {
					continue
				}
				number, hits := attribute(t, "number"), attribute(t, "hits")
				n, err := strconv.ParseFloat(hits, 64)
				if number == "" || err != nil {
					return trouble(name, cobertura, "It is no %s: a line in it has no number, or not how often it ran.", cobertura)
				}
				if !places.add(place{file, number}, n > 0) {
					return tooMuchCode(name, cobertura)
				}
			}
		case xml.EndElement:
			if t.Name.Local == "method" {
				methods--
			}
		}
	}
	s := places.summary(name, cobertura, one)
	if s.Trouble == "" {
		s.Made = made
	}
	return s
}

// unixTime reads seconds or milliseconds since 1970; zero for neither.
func unixTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n <= 0:
		return time.Time{}
	case n > 100_000_000_000:
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// readLCOV reads the lines of each source file (SF, then DA:line,hits).
func readLCOV(name string, src []byte) Summary {
	places, file, open := reached{}, "", false
	for line := range lines(src) {
		key, value, _ := strings.Cut(line, ":")
		switch {
		case key == "SF":
			file, open = value, true
		case line == "end_of_record":
			open = false
		case key == "DA":
			at, hits, ok := strings.Cut(value, ",")
			hits, _, _ = strings.Cut(hits, ",") // a checksum may follow
			n, err := strconv.ParseFloat(hits, 64)
			if !ok || err != nil || !open {
				return trouble(name, lcov, "It is no %s: `%s` tells of no line of a file.", lcov, text(line))
			}
			if !places.add(place{file, at}, n > 0) {
				return tooMuchCode(name, lcov)
			}
		}
	}
	if open {
		return trouble(name, lcov, "It is cut off: its end is missing.")
	}
	return places.summary(name, lcov, one)
}

// readGoCover reads the blocks of a profile that `go test -coverprofile` wrote: file:from,to,
// the number of statements, and how often they ran.
func readGoCover(name string, src []byte) Summary {
	blocks, statements := reached{}, map[place]int{}
	for line := range lines(src) {
		if strings.HasPrefix(line, "mode:") { // profiles put together have several
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 {
			return trouble(name, goCover, "It is no %s: `%s` tells of no statements.", goCover, text(line))
		}
		n, err := strconv.ParseUint(words[1], 10, 16)
		ran, err2 := strconv.ParseUint(words[2], 10, 64)
		if err != nil || err2 != nil {
			return trouble(name, goCover, "It is no %s: `%s` tells of no statements.", goCover, text(line))
		}
		block := place{at: words[0]}
		statements[block] = int(n)
		if !blocks.add(block, ran > 0) {
			return tooMuchCode(name, goCover)
		}
	}
	return blocks.summary(name, goCover, func(block place) int { return statements[block] })
}

// lines yields the lines of a file that are not blank.
func lines(src []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		scanner := bufio.NewScanner(bytes.NewReader(src))
		scanner.Buffer(nil, MaxSize+1)
		for scanner.Scan() {
			if line := strings.TrimSpace(scanner.Text()); line != "" && !yield(line) {
				return
			}
		}
	}
}
