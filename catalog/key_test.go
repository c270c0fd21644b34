package catalog

import (
	"errors"
	"strings"
	"testing"
)

const (
	keyOne = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDrYYtuKDVsq1oI/bHCnT2BvyZvRI4VbWgm4LDPBxCtg"
	keyTwo = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM5cKT5jzCyTiRQaEaOLe0oQZzZOKIwq2+PIbYVJuWc8"
)

func TestPublicKeyID(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want error
	}{
		"a key":            {keyOne, nil},
		"with its comment": {keyOne + " ana@laptop\n", nil},
		"with blanks":      {"  " + keyOne + "  ", nil},
		"options":          {`expiry-time="20270101" ` + keyOne, ErrKeyOptions},
		"a fingerprint":    {"SHA256:0hZ3oYV2mQ1H0z8v3nR4m0oFvW1h7w2QkYwq0c9x5nE", ErrFingerprint},
		"a private key":    {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----", ErrPrivateKey},
		"cut off":          {keyOne[:40], ErrKeyUnusable},
		"two keys":         {keyOne + "\n" + keyTwo, ErrKeyUnusable},
		"a word":           {"my laptop", ErrKeyUnusable},
		"nothing":          {"", ErrKeyUnusable},
		"DSA":              {"ssh-dss AAAAB3NzaC1kc3MAAACBAP", ErrKeyUnusable},
	} {
		id, err := PublicKeyID(c.line)
		if !errors.Is(err, c.want) || (err == nil) != (id != "") {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		if err == nil && id != keyOne {
			t.Errorf("%s: %q", name, id)
		}
		if err != nil && c.line != "" && len(c.line) > 10 && strings.Contains(err.Error(), c.line[:10]) {
			t.Errorf("%s: the error shows the line: %v", name, err)
		}
	}
}

func TestIdentities(t *testing.T) {
	roles := &RolesSpec{People: map[Name]Person{
		"ana":  {GitHub: "Ana-B", Email: "ana@example.com", Keys: []string{keyOne + " ana"}},
		"ben":  {GitHub: "ana-b", Email: "ben@example.com", Keys: []string{keyTwo, keyTwo + " again"}},
		"gone": {Left: true, Email: "BEN@example.com", Keys: []string{"expiry-time=\"20270101\" " + keyTwo, keyOne}},
	}}
	ids := NewIdentities(roles)
	if len(ids.Shared) != 3 || len(ids.Unusable) != 1 {
		t.Errorf("%+v", ids)
	}
	for what, got := range map[string]Name{"a key of two": ids.ByKey(keyOne), "a login of two": ids.ByLogin("ANA-B"), "an address of two": ids.ByEmail("ben@example.com")} {
		if got != "" {
			t.Errorf("%s is %s's", what, got)
		}
	}
	if ids.ByKey(keyTwo+" x") != "ben" || ids.ByEmail(" ana@Example.com") != "ana" {
		t.Error("what one person claims is not theirs")
	}
}
