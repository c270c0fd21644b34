package evidence

import (
	"bytes"
	"encoding/xml"
	"time"
)

// junitTimes are the ways in which a report writes when a suite began. Without a zone it is
// taken for UTC.
var junitTimes = []string{time.RFC3339, "2006-01-02T15:04:05"}

// readJUnit reads a report of tests, as JUnit wrote it first. Tests are counted one by one:
// the totals that it names can be of something else.
func readJUnit(name string, src []byte) Summary {
	s := Summary{Name: name, Kind: Tests, Format: junit}
	dated := true
	decoder := xml.NewDecoder(bytes.NewReader(src))
	for token, err := range tokens(decoder.Token) {
		if err != nil {
			return unreadable(name, junit, err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch element.Name.Local {
		case "testsuite":
			if began := junitTime(attribute(element, "timestamp")); began.IsZero() {
				dated = false
			} else if s.Made.IsZero() || began.Before(s.Made) {
				s.Made = began // a report is as old as its oldest suite
			}
		case "testcase":
			if err := s.countTest(decoder); err != nil {
				return unreadable(name, junit, err)
			}
		}
	}
	if !dated {
		s.Made = time.Time{}
	}
	if s.Passed+s.Failed+s.Skipped == 0 {
		return trouble(name, junit, "It names no test.")
	}
	return s
}

// countTest reads a test to its end, and counts it by what is in it.
func (s *Summary) countTest(decoder *xml.Decoder) error {
	count := &s.Passed
	for depth := 1; depth > 0; {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "failure", "error":
				count = &s.Failed
			case "skipped":
				if count == &s.Passed {
					count = &s.Skipped
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	*count++
	return nil
}

// junitTime reads a time; zero for what is none.
func junitTime(s string) time.Time {
	for _, layout := range junitTimes {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// attribute is the value of an attribute; empty where there is none.
func attribute(element xml.StartElement, name string) string {
	for _, a := range element.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
