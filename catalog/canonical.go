package catalog

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
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

// A projection says which fields of an object are part of it.
type projection struct {
	keep func(f *fieldSpec, v reflect.Value) bool
	// bare is whether an object without fields stays.
	bare bool
}

// material keeps what carries meaning: no prose, and no default written out. An
// object all of whose fields are at their default says the same as its absence,
// unless its being there says something of its own: that of an entry of a map, or of
// an object without which something else holds, like a gate.
var material = projection{keep: func(f *fieldSpec, v reflect.Value) bool { return !f.prose && !f.isDefault(v) }}

// visible keeps what rules see: everything with its default, but for texts and
// amounts that nobody gave. Lists are always there, so that a rule over an
// absent list is a rule over an empty one.
var visible = projection{bare: true, keep: func(f *fieldSpec, v reflect.Value) bool {
	switch f.spec.form {
	case listForm, mapForm, boolForm, intForm, floatForm, objectForm:
		return !f.spec.pointer || !v.IsNil()
	default:
		return !v.IsZero()
	}
}}

// project turns a typed value into JSON values (map[string]any, []any, string,
// float64, bool), with the fields that belong to a projection.
func project(v reflect.Value, spec *typeSpec, p projection) any {
	if spec.pointer {
		v = v.Elem()
	}
	switch spec.form {
	case scalarForm:
		if v.CanAddr() {
			return v.Addr().Interface().(scalar).canonical()
		}
		pointed := reflect.New(spec.goType) // a map's value cannot be pointed at
		pointed.Elem().Set(v)
		return pointed.Interface().(scalar).canonical()
	case textForm:
		return v.String()
	case boolForm:
		return v.Bool()
	case intForm:
		return float64(v.Int())
	case floatForm:
		return v.Float()
	case listForm:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = project(v.Index(i), spec.elem, p)
		}
		return list
	case mapForm:
		object := make(map[string]any, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			object[iter.Key().String()] = project(iter.Value(), spec.elem, p)
		}
		return object
	default:
		object := make(map[string]any, len(spec.fields))
		for i := range spec.fields {
			f := &spec.fields[i]
			fv := v.Field(f.index)
			if !p.keep(f, fv) {
				continue
			}
			value := project(fv, f.spec, p)
			if f.spec.form == objectForm && !f.spec.pointer && !p.bare && len(value.(map[string]any)) == 0 {
				continue
			}
			if f.set {
				sortSet(value.([]any), f.key)
			}
			object[f.name] = value
		}
		return object
	}
}

// sortSet orders a list whose order says nothing: words by themselves, objects
// by their key.
func sortSet(list []any, key string) {
	word := func(v any) string {
		if object, ok := v.(map[string]any); ok {
			v = object[key]
		}
		return fmt.Sprint(v)
	}
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(word(a), word(b)) })
}

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
func (a *App) Value() map[string]any { return valueOf(a) }

// Value is the blueprint as rules see it.
func (b *Blueprint) Value() map[string]any { return valueOf(b) }

// Value is the vendor as rules see it.
func (v *Vendor) Value() map[string]any { return valueOf(v) }

// Value is the waiver as rules see it.
func (w *Waiver) Value() map[string]any { return valueOf(w) }

// Value is the grant as rules see it.
func (g *Grant) Value() map[string]any { return valueOf(g) }

// Value is the settings as rules see them, in data.settings.
func (s *Settings) Value() map[string]any { return valueOf(s) }

func valueOf(object any) map[string]any {
	v := reflect.ValueOf(object).Elem()
	return project(v, specOf(v.Type()), visible).(map[string]any)
}

// Material is what the app's content digest is taken of: name, labels and every
// field of the spec that carries meaning and differs from its default.
func (a *App) Material() map[string]any { return materialOf(a) }

func materialOf(object any) map[string]any {
	v := reflect.ValueOf(object).Elem()
	return project(v, specOf(v.Type()), material).(map[string]any)
}

// ContentDigest names the meaning of the app. Approvals key on it.
func (a *App) ContentDigest() (Digest, error) { return HashOf(CanonicalVersion, a.Material()) }
