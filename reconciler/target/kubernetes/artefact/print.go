package artefact

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Print writes the resources of an artefact as kubectl takes them.
func Print(document json.RawMessage) ([]byte, error) {
	list, err := Resources(document)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, r := range list {
		raw, err := r.YAML()
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		if r.Path != "" {
			fmt.Fprintf(&out, "# from %s\n", r.Path)
		}
		out.Write(raw)
	}
	return out.Bytes(), nil
}
