package attest

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// verdictsKept is how many verdicts a Trust remembers: of all signed evidence of a large catalog.
const verdictsKept = 1 << 16

// MaxRoot is how many bytes a trusted root may have, and maxRoots how many may be in one file.
const (
	MaxRoot  = 1 << 20
	maxRoots = 8
)

// Signer is somebody whose signatures count: by keys, or by what a certificate says.
type Signer struct {
	Name    string
	Keys    []crypto.PublicKey
	Issuer  string // who told the certificate authority who it is; empty for a signer with keys
	Subject string // whom the certificate names, as in Match
}

// Trust is whose signatures count in a catalog. It is safe for concurrent use.
type Trust struct {
	keys       []keySigner
	identities []identity
	roots      []*verify.Verifier
	verdicts   *lru.Cache[string, Verdict] // by what was signed
}

// keySigner is one key of a signer.
type keySigner struct {
	name string
	key  crypto.PublicKey
}

// identity is one identity of a signer.
type identity struct {
	name     string
	expected verify.CertificateIdentity
}

// New makes a Trust of signers and of the trusted root of the catalog, nil for none. A root
// that cannot be read vouches for nobody; ReadRoots says why.
func New(signers []Signer, trustedRoot []byte) *Trust {
	t := &Trust{}
	t.verdicts, _ = lru.New[string, Verdict](verdictsKept)
	for _, s := range signers {
		for _, key := range s.Keys {
			t.keys = append(t.keys, keySigner{s.Name, key})
		}
		if s.Issuer == "" || s.Subject == "" {
			continue
		}
		expected, err := verify.NewShortCertificateIdentity(s.Issuer, "", "", pattern(s.Subject))
		if err != nil {
			panic("attest: a pattern is always a regular expression: " + err.Error()) // unreachable
		}
		t.identities = append(t.identities, identity{s.Name, expected})
	}
	t.roots, _ = ReadRoots(trustedRoot)
	return t
}

// pattern is the regular expression of a subject: a star stands for anything but a slash, two
// stars for anything.
func pattern(subject string) string {
	var b strings.Builder
	b.WriteString(`\A`)
	for i, wide := range strings.Split(subject, "**") {
		if i > 0 {
			b.WriteString(`.*`)
		}
		for j, narrow := range strings.Split(wide, "*") {
			if j > 0 {
				b.WriteString(`[^/]*`)
			}
			b.WriteString(regexp.QuoteMeta(narrow))
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// ReadRoots reads a file of sigstore trusted roots, one after another as `gh attestation
// trusted-root` and `cosign trusted-root create` write them. It fails if one of them cannot
// be used: each has to list a log or a time-stamping authority, by which it can be told when
// something was signed.
func ReadRoots(src []byte) ([]*verify.Verifier, error) {
	if len(src) > MaxRoot {
		return nil, fmt.Errorf("it is larger than %d KiB", MaxRoot>>10)
	}
	var roots []*verify.Verifier
	for dec := json.NewDecoder(bytes.NewReader(src)); ; {
		var one json.RawMessage
		err := dec.Decode(&one)
		switch {
		case errors.Is(err, io.EOF):
			return roots, nil
		case err != nil:
			return nil, errors.New("it is no JSON")
		case len(roots) == maxRoots:
			return nil, fmt.Errorf("it holds more than %d trusted roots", maxRoots)
		}
		v, err := readRoot(one)
		if err != nil {
			return nil, err
		}
		roots = append(roots, v)
	}
}

// readRoot makes a verifier of one trusted root. What the root lists is asked for: a log that
// has the signature, or else a time stamp, and the log that has the certificate.
func readRoot(src []byte) (v *verify.Verifier, err error) {
	defer func() {
		if recover() != nil { // the library was given what it is not made for
			v, err = nil, errors.New("it is no sigstore trusted root that is read here")
		}
	}()
	trusted, err := root.NewTrustedRootFromJSON(src)
	if err != nil {
		return nil, errors.New("it is no sigstore trusted root that is read here")
	}
	var options []verify.VerifierOption
	switch {
	case len(trusted.FulcioCertificateAuthorities()) == 0:
		return nil, errors.New("it lists no certificate authority")
	case len(trusted.RekorLogs()) > 0:
		options = append(options, verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	case len(trusted.TimestampingAuthorities()) > 0:
		options = append(options, verify.WithSignedTimestamps(1))
	default:
		return nil, errors.New("it lists neither a transparency log nor a time-stamping authority")
	}
	if len(trusted.CTLogs()) > 0 {
		options = append(options, verify.WithSignedCertificateTimestamps(1))
	}
	return verify.NewVerifier(trusted, append(options, verify.WithoutStatementPredicate())...)
}
