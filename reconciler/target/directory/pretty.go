package directory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pretty is a document with a line for each value, so that lines can be compared; the
// files in it follow, each with its own lines.
func pretty(document []byte) []byte {
	var whole map[string]json.RawMessage
	var files map[string]filledFile
	var apart []byte
	if json.Unmarshal(document, &whole) == nil && json.Unmarshal(whole["files"], &files) == nil && len(files) > 0 {
		delete(whole, "files")
		for _, name := range slices.Sorted(maps.Keys(files)) {
			f := files[name]
			mode := ""
			if f.Executable {
				mode = " (executable)"
			}
			apart = fmt.Appendf(apart, "# %s%s\n%s\n", name, mode, strings.TrimRight(f.Content, "\n"))
		}
		if raw, err := json.Marshal(whole); err == nil {
			document = raw
		}
	}
	var out bytes.Buffer
	if json.Indent(&out, document, "", "  ") != nil {
		return document
	}
	return append(append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), apart...)
}
