package attesttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"golang.org/x/crypto/ssh"
)

// statementType is the payload type of in-toto statements.
const statementType = "application/vnd.in-toto+json"

// Key is a pair of keys that signs.
type Key struct {
	t       testing.TB
	private crypto.Signer
	hash    crypto.Hash // zero for a key that signs whole messages
}

// NewKey makes a key of ECDSA on a curve, which signs with a hash.
func NewKey(t testing.TB, curve elliptic.Curve, hash crypto.Hash) *Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Key{t, private, hash}
}

// NewP256 makes a key like those of cosign.
func NewP256(t testing.TB) *Key { return NewKey(t, elliptic.P256(), crypto.SHA256) }

// NewEd25519 makes a key of Ed25519.
func NewEd25519(t testing.TB) *Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Key{t: t, private: private}
}

// NewRSA makes a key of RSA with a number of bits.
func NewRSA(t testing.TB, bits int) *Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return &Key{t, private, crypto.SHA256}
}

// Public is the public key.
func (k *Key) Public() crypto.PublicKey { return k.private.Public() }

// PEM is the public key as the settings have it.
func (k *Key) PEM() string {
	k.t.Helper()
	pem, err := cryptoutils.MarshalPublicKeyToPEM(k.Public())
	if err != nil {
		k.t.Fatal(err)
	}
	return string(pem)
}

// SSH is the public key as roles.yaml has it.
func (k *Key) SSH() string {
	k.t.Helper()
	public, err := ssh.NewPublicKey(k.Public())
	if err != nil {
		k.t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(public))
}

// sign signs a message.
func (k *Key) sign(message []byte) string {
	k.t.Helper()
	if k.hash != 0 {
		h := k.hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	sig, err := k.private.Sign(rand.Reader, message, k.hash)
	if err != nil {
		k.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sig)
}

// Envelope is a DSSE envelope around a statement.
func (k *Key) Envelope(statement []byte) []byte {
	k.t.Helper()
	return k.Envelopes(statement, k)
}

// Envelopes is one that other keys sign as well.
func (k *Key) Envelopes(statement []byte, signers ...*Key) []byte {
	k.t.Helper()
	return k.marshal(k.envelope(statement, signers...))
}

// Bundle is a sigstore bundle around a statement, which names no key but says that it was
// signed with one.
func (k *Key) Bundle(statement []byte) []byte {
	k.t.Helper()
	return k.marshal(k.bundle(map[string]any{"dsseEnvelope": k.envelope(statement, k)}))
}

// Blob is a sigstore bundle with the signature of content that lies elsewhere.
func (k *Key) Blob(content []byte) []byte {
	k.t.Helper()
	sum := sha256.Sum256(content)
	return k.marshal(k.bundle(map[string]any{"messageSignature": map[string]any{
		"messageDigest": map[string]any{"algorithm": "SHA2_256", "digest": sum[:]}, "signature": k.sign(content),
	}}))
}

func (k *Key) envelope(statement []byte, signers ...*Key) dsse.Envelope {
	e := dsse.Envelope{PayloadType: statementType, Payload: base64.StdEncoding.EncodeToString(statement)}
	for _, s := range signers {
		e.Signatures = append(e.Signatures, dsse.Signature{KeyID: "of-the-signer", Sig: s.sign(dsse.PAE(statementType, statement))})
	}
	return e
}

func (k *Key) bundle(content map[string]any) map[string]any {
	content["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json"
	content["verificationMaterial"] = map[string]any{"publicKey": map[string]any{"hint": "key"}}
	return content
}

func (k *Key) marshal(value any) []byte {
	k.t.Helper()
	src, err := json.Marshal(value)
	if err != nil {
		k.t.Fatal(err)
	}
	return src
}
