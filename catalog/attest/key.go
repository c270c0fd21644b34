package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"strings"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
)

// Why a text that stands where a public key belongs verifies nothing.
var (
	ErrPrivateKey  = errors.New("it is a private key, which must be in nobody else's hands")
	ErrKeyUnusable = errors.New("it is no public key of ECDSA, Ed25519 or RSA that can sign")
)

// ReadKey reads a public key as `cosign public-key` and `openssl pkey -pubout` write it. An
// error tells why nothing is verified with it, and never shows the text.
func ReadKey(pem string) (crypto.PublicKey, error) {
	if strings.Contains(pem, "PRIVATE KEY") {
		return nil, ErrPrivateKey
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey([]byte(pem))
	if err != nil || len(verifiersOf(key)) == 0 {
		return nil, ErrKeyUnusable
	}
	return key, nil
}

// minRSA is how many bits a key of RSA needs, and minECDSA one of ECDSA.
const (
	minRSA   = 2048
	minECDSA = 256
)

// verifiersOf are the ways in which a key signs that are in use, the usual one first; none
// for a key of another kind, and for one that is too short. Programs of some years ago signed with SHA-256 whatever the curve.
func verifiersOf(key crypto.PublicKey) (list []signature.Verifier) {
	add := func(v signature.Verifier, err error) {
		if err == nil {
			list = append(list, v)
		}
	}
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch size := k.Curve.Params().BitSize; {
		case size < minECDSA:
			return nil
		case size > 384:
			add(signature.LoadECDSAVerifier(k, crypto.SHA512))
		case size > 256:
			add(signature.LoadECDSAVerifier(k, crypto.SHA384))
		}
		add(signature.LoadECDSAVerifier(k, crypto.SHA256))
	case ed25519.PublicKey:
		add(signature.LoadED25519Verifier(k))
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSA {
			return nil
		}
		add(signature.LoadRSAPKCS1v15Verifier(k, crypto.SHA256))
		add(signature.LoadRSAPSSVerifier(k, crypto.SHA256, nil))
	}
	return list
}
