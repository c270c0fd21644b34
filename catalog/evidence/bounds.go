package evidence

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
)

// overJSON is the bound that JSON is over, as the end of a sentence; empty for none. It
// looks at brackets and commas alone, and is not told whether the rest is JSON, so that a
// decoder never sees what would take too much memory.
func overJSON(src []byte) string {
	depth, containers, values := 0, 0, 1
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '"':
			for i++; i < len(src) && src[i] != '"'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth, containers, values = depth+1, containers+1, values+1
			if over := overBound(depth, containers, values); over != "" {
				return over
			}
		case '}', ']':
			depth--
		case ',':
			if values++; values > maxValues {
				return overBound(depth, containers, values)
			}
		}
	}
	return ""
}

// overXML is the same for XML, and is not empty for what is no XML. A file is over that
// declares in itself what its document type is: such a declaration can define what stands
// for more text. A document type that lies elsewhere is not fetched, and defines nothing.
func overXML(src []byte) string {
	decoder := xml.NewDecoder(bytes.NewReader(src))
	depth, elements := 0, 0
	for token, err := range tokens(decoder.RawToken) {
		if err != nil {
			return "is cut off or is no XML"
		}
		switch t := token.(type) {
		case xml.Directive:
			if bytes.ContainsAny(t, "[]<") {
				return "declares a document type, which is not read"
			}
		case xml.StartElement:
			depth, elements = depth+1, elements+1+len(t.Attr)
			if over := overBound(depth, elements, elements); over != "" {
				return over
			}
		case xml.EndElement:
			depth--
		}
	}
	if depth > 0 {
		return "is cut off"
	}
	return ""
}

// tokens yields what a decoder reads until the end of the file, or an error last.
func tokens(next func() (xml.Token, error)) iter.Seq2[xml.Token, error] {
	return func(yield func(xml.Token, error) bool) {
		for {
			token, err := next()
			if errors.Is(err, io.EOF) || !yield(token, err) || err != nil {
				return
			}
		}
	}
}

func overBound(depth, containers, values int) string {
	switch {
	case depth > maxDepth:
		return fmt.Sprintf("has more than %d values within one another", maxDepth)
	case containers > maxContainers:
		return fmt.Sprintf("has more than %d objects and lists", maxContainers)
	case values > maxValues:
		return fmt.Sprintf("has more than %d values", maxValues)
	}
	return ""
}
