package githubtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// spec is GitHub's description of its interface.
type spec struct{ doc *openapi3.T }

// read reads the description once.
var read = sync.OnceValues(func() (*openapi3.T, error) {
	file, err := Fixture("openapi.json")
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromFile(file)
})

// Fixture is the path of a file in fixtures/github.
func Fixture(name string) (string, error) {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "fixtures", "github", filepath.FromSlash(name)), nil
		}
		dir = filepath.Dir(dir)
	}
	return "", fmt.Errorf("find fixtures/github: no go.mod above the working directory (%v)", err)
}

func loadSpec(t testing.TB) *spec {
	t.Helper()
	doc, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return &spec{doc}
}

func (s *spec) operation(method, template string) (*openapi3.Operation, error) {
	item := s.doc.Paths.Value(template)
	if item == nil || item.GetOperation(method) == nil {
		return nil, fmt.Errorf("the description has no %s %s", method, template)
	}
	return item.GetOperation(method), nil
}

// obj is a JSON object.
type obj map[string]any

// make adds to an object the other fields that its schema requires. A field that the schema
// does not have is an error.
func (s *spec) make(name string, o obj) (any, error) {
	ref := s.doc.Components.Schemas[name]
	if ref == nil {
		return nil, fmt.Errorf("there is no schema %s", name)
	}
	v, err := fill(ref.Value, o)
	if err != nil {
		return nil, fmt.Errorf("%s%w", name, err)
	}
	return v, nil
}

func fill(s *openapi3.Schema, v any) (any, error) {
	if v == nil && s.Nullable {
		return nil, nil
	}
	switch alternatives := slices.Concat(s.AnyOf, s.OneOf); {
	case len(alternatives) > 0:
		var first error
		for _, a := range alternatives {
			out, err := fill(a.Value, v)
			if err == nil && suits(a.Value, out) {
				return out, nil
			}
			if first == nil {
				first = fmt.Errorf(": %v suits no alternative (%v)", v, err)
			}
		}
		return nil, first
	case s.Type.Is("object") || len(s.Properties) > 0 || len(s.AllOf) > 0:
		return fillObject(s, v)
	case s.Type.Is("array"):
		return fillArray(s, v)
	case v != nil:
		return v, nil
	case len(s.Enum) > 0:
		return s.Enum[0], nil
	case s.Type.Is("string"):
		return map[string]string{"uri": "https://example.com/x", "date-time": "2026-01-01T00:00:00Z", "email": "x@example.com"}[s.Format], nil
	case s.Type.Is("integer"), s.Type.Is("number"):
		return 0, nil
	case s.Type.Is("boolean"):
		return false, nil
	}
	return obj{}, nil
}

func suits(s *openapi3.Schema, v any) bool {
	plain, err := asJSON(v)
	return err == nil && s.VisitJSON(plain) == nil
}

func asJSON(v any) (plain any, err error) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &plain)
	}
	return plain, err
}

func fillObject(s *openapi3.Schema, v any) (any, error) {
	in, ok := v.(obj)
	if !ok && v != nil {
		return nil, fmt.Errorf(": %v is no object", v)
	}
	out := obj{}
	maps.Copy(out, in)
	properties, required := maps.Clone(s.Properties), slices.Clone(s.Required)
	for _, part := range s.AllOf {
		maps.Copy(properties, part.Value.Properties)
		required = append(required, part.Value.Required...)
	}
	for name, value := range in {
		if properties[name] == nil && len(properties) > 0 {
			return nil, fmt.Errorf(".%s: the schema does not have it", name)
		}
		if properties[name] != nil && value == nil && !slices.Contains(required, name) {
			if !properties[name].Value.Nullable {
				delete(out, name)
			}
			continue
		}
	}
	for name := range properties {
		_, given := out[name]
		if !given && !slices.Contains(required, name) {
			continue
		}
		value, err := fill(properties[name].Value, out[name])
		if err != nil {
			return nil, fmt.Errorf(".%s%w", name, err)
		}
		out[name] = value
	}
	return out, nil
}

func fillArray(s *openapi3.Schema, v any) (any, error) {
	list, ok := v.([]any)
	if !ok && v != nil {
		return v, nil
	}
	out := make([]any, 0, len(list))
	for i, e := range list {
		value, err := fill(s.Items.Value, e)
		if err != nil {
			return nil, fmt.Errorf("[%d]%w", i, err)
		}
		out = append(out, value)
	}
	return out, nil
}

// validate checks a body against the schema of a request or response.
func validate(content openapi3.Content, body []byte) error {
	if len(content) == 0 {
		if len(strings.TrimSpace(string(body))) > 0 {
			return fmt.Errorf("there is a body, and should be none: %.200s", body)
		}
		return nil
	}
	media := content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return media.Schema.Value.VisitJSON(v)
}
