package catalog

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Why a text that stands where a public key belongs proves nobody's signature.
var (
	ErrPrivateKey  = errors.New("it is a private key, which must be in nobody else's hands")
	ErrFingerprint = errors.New("it is the fingerprint of a key and not the key")
	ErrKeyOptions  = errors.New("it has options before the key, and these are not obeyed here")
	ErrKeyUnusable = errors.New("it is no public key that can sign")
)

// minRSA is how many bits an RSA key needs, as in the reading of signatures.
const minRSA = 2048

// PublicKeyID is an SSH public key as one text, without comment, so that one key is
// always the same text. The line is as OpenSSH writes it into .pub files. An error
// tells why nothing can be signed with it, and never shows the line.
func PublicKeyID(line string) (string, error) {
	text := strings.TrimSpace(line)
	switch {
	case strings.Contains(text, "PRIVATE KEY"):
		return "", ErrPrivateKey
	case strings.HasPrefix(text, "SHA256:"), strings.HasPrefix(text, "MD5:"):
		return "", ErrFingerprint
	}
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	switch {
	case err != nil:
		return "", ErrKeyUnusable
	case len(options) > 0:
		return "", ErrKeyOptions
	case strings.TrimSpace(string(rest)) != "":
		return "", fmt.Errorf("%w: it is more than one line", ErrKeyUnusable)
	}
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
	case ssh.KeyAlgoRSA:
		public, _ := key.(ssh.CryptoPublicKey)
		if k, ok := public.CryptoPublicKey().(*rsa.PublicKey); !ok || k.N.BitLen() < minRSA {
			return "", fmt.Errorf("%w: an RSA key needs %d bits", ErrKeyUnusable, minRSA)
		}
	default:
		return "", fmt.Errorf("%w: its type is %.40s", ErrKeyUnusable, key.Type())
	}
	return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n"), nil
}

// PublicKey is an SSH public key for whoever verifies other signatures than those of SSH with
// it; nil for a text that is none, and for a key on a security key, which signs nothing else.
func PublicKey(line string) crypto.PublicKey {
	id, err := PublicKeyID(line)
	if err != nil {
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(id))
	if err != nil || strings.HasPrefix(key.Type(), "sk-") {
		return nil
	}
	public, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return nil
	}
	return public.CryptoPublicKey()
}

// Identities tell who is behind a key, an account or an address, by a roles.yaml. What
// two people claim is nobody's: whoever used it could be the one or the other. It is
// immutable.
type Identities struct {
	keys, logins, emails map[string]Name
	// Shared lists what more than one person claims.
	Shared []SharedIdentity
	// Unusable lists keys that prove nothing.
	Unusable []UnusableKey
}

// SharedIdentity is a key, an account or an address that two people claim.
type SharedIdentity struct {
	What   string // "key", "GitHub account", "e-mail address"
	Field  string // of the second, in roles.yaml
	First  Name
	Second Name
}

// UnusableKey is an entry of a person's keys with which nothing can be signed.
type UnusableKey struct {
	Person Name
	Field  string
	Why    error
}

// NewIdentities reads who is who. People who left count too: their keys are theirs.
func NewIdentities(roles *RolesSpec) *Identities {
	ids := &Identities{keys: map[string]Name{}, logins: map[string]Name{}, emails: map[string]Name{}}
	if roles == nil {
		return ids
	}
	owners := map[string]map[string]Name{"key": {}, "GitHub account": {}, "e-mail address": {}}
	claim := func(in map[string]Name, what, value, field string, person Name) {
		first, taken := owners[what][value]
		switch {
		case !taken:
			owners[what][value], in[value] = person, person
		case first != person:
			delete(in, value)
			ids.Shared = append(ids.Shared, SharedIdentity{what, field, first, person})
		}
	}
	for _, name := range sortedNames(roles.People) {
		person := roles.People[name]
		if login := foldLogin(person.GitHub); login != "" {
			claim(ids.logins, "GitHub account", login, fmt.Sprintf("spec.people.%s.github", name), name)
		}
		if email := foldEmail(person.Email); email != "" {
			claim(ids.emails, "e-mail address", email, fmt.Sprintf("spec.people.%s.email", name), name)
		}
		for i, line := range person.Keys {
			field := fmt.Sprintf("spec.people.%s.keys[%d]", name, i)
			id, err := PublicKeyID(line)
			if err != nil {
				ids.Unusable = append(ids.Unusable, UnusableKey{name, field, err})
				continue
			}
			claim(ids.keys, "key", id, field, name)
		}
	}
	return ids
}

// ByKey is the person who signs with a key; empty for nobody.
func (ids *Identities) ByKey(line string) Name {
	id, err := PublicKeyID(line)
	if err != nil {
		return ""
	}
	return ids.keys[id]
}

// ByLogin is the person behind an account of the forge, however it is spelt; empty for
// nobody.
func (ids *Identities) ByLogin(login string) Name { return ids.logins[foldLogin(login)] }

// ByEmail is the person behind an address; empty for nobody.
func (ids *Identities) ByEmail(email string) Name { return ids.emails[foldEmail(email)] }

// HasAccount reports whether an account proves who somebody is, and nobody else.
func (ids *Identities) HasAccount(name Name, p Person) bool { return ids.ByLogin(p.GitHub) == name }

// HasKey reports whether a key proves who somebody is, and nobody else.
func (ids *Identities) HasKey(name Name, p Person) bool {
	return slices.ContainsFunc(p.Keys, func(line string) bool { return ids.ByKey(line) == name })
}

func foldLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func sortedNames[V any](m map[Name]V) []Name { return slices.Sorted(maps.Keys(m)) }
