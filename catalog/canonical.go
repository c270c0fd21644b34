package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"github.com/levee-gitops/levee/catalog/schema"
)

// Digest is a content address: an algorithm or canonical version, a colon and
// 64 hexadecimal digits.
type Digest string

// Short is the abbreviation of a digest that people are shown and type back.
func (d Digest) Short() string {
	hash := string(d[bytes.IndexByte([]byte(d), ':')+1:])
	if len(hash) > 7 {
		return hash[:7]
	}
	return hash
}

// CanonicalVersion prefixes content digests. It rises only when the same file
// would get another digest, which voids every approval in flight: golden digests
// of earlier releases guard it.
const CanonicalVersion = "c1"

// Canonical writes a JSON value in the one form that is hashed (RFC 8785).
func Canonical(value any) ([]byte, error) {
	if written, ok := appendPlain(make([]byte, 0, 2048), value); ok {
		return slices.Clip(written), nil
	}
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	written := bytes.TrimSuffix(raw.Bytes(), []byte("\n"))
	if plainJSON(value) && !bytes.ContainsFunc(written, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return written, nil // of such a value in ASCII the standard library's form is the canonical one
	}
	canonical, err := jcs.Transform(written)
	if err != nil {
		return nil, fmt.Errorf("write canonical JSON: %w", err)
	}
	return canonical, nil
}

// appendPlain writes the canonical form of a JSON value of plain words and everyday
// numbers, which nearly all are. ok is false where there is anything else in it.
func appendPlain(to []byte, value any) (written []byte, ok bool) {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...), true
	case bool:
		return strconv.AppendBool(to, v), true
	case string:
		return appendWord(to, v)
	case float64:
		if size := math.Abs(v); size != 0 && !(size >= 1e-6 && size < 1e21) {
			return to, false // written with an exponent, or no number
		}
		return strconv.AppendFloat(to, v+0, 'f', -1, 64), true // of minus nothing, nothing
	case []any:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			if to, ok = appendPlain(to, item); !ok {
				return to, false
			}
		}
		return append(to, ']'), true
	case map[string]any:
		names := slices.AppendSeq(make([]string, 0, 32), maps.Keys(v))
		slices.Sort(names) // plain words sort by bytes as they do by UTF-16
		to = append(to, '{')
		for i, name := range names {
			if i > 0 {
				to = append(to, ',')
			}
			if to, ok = appendWord(to, name); !ok {
				return to, false
			}
			if to, ok = appendPlain(append(to, ':'), v[name]); !ok {
				return to, false
			}
		}
		return append(to, '}'), true
	}
	return to, false
}

// appendWord writes a text in which nothing has to be escaped.
func appendWord(to []byte, word string) (written []byte, ok bool) {
	for i := range len(word) {
		if c := word[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return to, false
		}
	}
	to = append(to, '"')
	to = append(to, word...)
	return append(to, '"'), true
}

// plainJSON reports whether a value consists of JSON values only. A struct is
// written in the order of its fields, and raw JSON in that of whoever wrote it.
func plainJSON(value any) bool {
	switch v := value.(type) {
	case float64:
		return v != 0 || !math.Signbit(v) // which the standard library writes as -0
	case nil, string, bool:
		return true
	case []any:
		for _, item := range v {
			if !plainJSON(item) {
				return false
			}
		}
		return true
	case map[string]any:
		for _, item := range v {
			if !plainJSON(item) {
				return false
			}
		}
		return true
	}
	return false
}

// HashOf is the digest of a JSON value under a prefix such as "c1".
func HashOf(prefix string, value any) (Digest, error) {
	canonical, err := Canonical(value)
	if err != nil {
		return "", err
	}
	return hashBytes(prefix, canonical), nil
}

func hashBytes(prefix string, content []byte) Digest {
	sum := sha256.Sum256(content)
	return Digest(prefix + ":" + hex.EncodeToString(sum[:]))
}

// Value is the app as rules see it: normalised amounts (processor in cores,
// memory in bytes, times in seconds, service levels in milliseconds), defaults
// filled in, lists always present.
func (a *App) Value() map[string]any { return schema.Value(a) }

// Value is the blueprint as rules see it.
func (b *Blueprint) Value() map[string]any { return schema.Value(b) }

// Value is the vendor as rules see it.
func (v *Vendor) Value() map[string]any { return schema.Value(v) }

// Value is the data set as rules see it.
func (d *DataSet) Value() map[string]any { return schema.Value(d) }

// Value is the waiver as rules see it.
func (w *Waiver) Value() map[string]any { return schema.Value(w) }

// Value is the grant as rules see it.
func (g *Grant) Value() map[string]any { return schema.Value(g) }

// Material is what the app's content digest is taken of: name, labels and every
// field of the spec that carries meaning and differs from its default.
func (a *App) Material() map[string]any { return schema.Material(a) }

// ContentDigest names the meaning of the app. Approvals key on it.
func (a *App) ContentDigest() (Digest, error) { return HashOf(CanonicalVersion, a.Material()) }
