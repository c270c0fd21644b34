package attest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"
)

// swapped is an envelope or a bundle with other content and the signature of the former.
func swapped(t testing.TB, src []byte, from, to string) []byte {
	t.Helper()
	return edited(t, src, func(envelope map[string]any) {
		payload, err := base64.StdEncoding.DecodeString(envelope["payload"].(string))
		if err != nil || !bytes.Contains(payload, []byte(from)) {
			t.Fatalf("%v: no %q in %s", err, from, payload)
		}
		envelope["payload"] = base64.StdEncoding.EncodeToString(bytes.Replace(payload, []byte(from), []byte(to), 1))
	})
}

// signatureOf is an envelope or a bundle with the signature of another.
func signatureOf(t testing.TB, src, other []byte) []byte {
	t.Helper()
	var signatures any
	edited(t, other, func(envelope map[string]any) { signatures = envelope["signatures"] })
	return edited(t, src, func(envelope map[string]any) { envelope["signatures"] = signatures })
}

// edited is an envelope or a bundle with another envelope.
func edited(t testing.TB, src []byte, edit func(envelope map[string]any)) []byte {
	t.Helper()
	var file map[string]any
	if err := json.Unmarshal(src, &file); err != nil {
		t.Fatal(err)
	}
	envelope, ok := file["dsseEnvelope"].(map[string]any)
	if !ok {
		envelope = file
	}
	edit(envelope)
	return marshal(t, file)
}

// without is a file without a field at any depth.
func without(t testing.TB, src []byte, field string) []byte {
	t.Helper()
	var file any
	if err := json.Unmarshal(src, &file); err != nil {
		t.Fatal(err)
	}
	removed := 0
	var walk func(value any)
	walk = func(value any) {
		object, _ := value.(map[string]any)
		for name, below := range object {
			if name == field {
				delete(object, name)
				removed++
			} else {
				walk(below)
			}
		}
	}
	walk(file)
	if removed == 0 {
		t.Fatalf("there is no %s in %s", field, src)
	}
	return marshal(t, file)
}

func marshal(t testing.TB, value any) []byte {
	t.Helper()
	src, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return src
}
