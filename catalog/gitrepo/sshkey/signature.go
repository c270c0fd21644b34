package sshkey

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/hiddeco/sshsig"
)

// Why a signature is not accepted. Every error of Verify and VerifyFor is one of these.
var (
	ErrUnsigned       = errors.New("it is not signed")
	ErrNotSSH         = errors.New("its signature is no SSH signature")
	ErrWrongNamespace = errors.New("its signature was made for another purpose")
	ErrWeakKey        = errors.New("its signature was made with a weak key")
	ErrBadSignature   = errors.New("its signature does not fit its content")
	ErrUnknownKey     = errors.New("it is signed by an unknown key")
)

// namespace is what Git signs for; a signature made for anything else is not one
// of a commit or tag.
const namespace = "git"

// Verify checks the signature of a commit or tag over its payload against keys and returns the
// key that made it. With ErrUnknownKey the signature fits the payload, and the key returned is
// the one that made it, which is none of keys. With any other error there is no key.
func Verify(payload, signature []byte, keys []PublicKey) (PublicKey, error) {
	return verifySignature(namespace, payload, signature, keys)
}

// Sign returns an armored signature over payload in the namespace of Git.
func (s *Signer) Sign(payload []byte) ([]byte, error) {
	sig, err := sshsig.Sign(bytes.NewReader(payload), s.key, sshsig.HashSHA512, namespace)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return sshsig.Armor(sig), nil
}

// SignFor returns an armored SSH signature over data that is neither commit nor
// tag. The purpose, by custom "what@domain", is part of what is signed, so that
// the signature is worth nothing for any other. It must not be empty, or "git".
func (s *Signer) SignFor(purpose string, data []byte) (string, error) {
	if err := checkPurpose(purpose); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	sig, err := sshsig.Sign(bytes.NewReader(data), s.key, sshsig.HashSHA512, purpose)
	if err != nil {
		return "", fmt.Errorf("sign for %s: %w", purpose, err)
	}
	return string(sshsig.Armor(sig)), nil
}

// VerifyFor checks a signature that SignFor made, for the same purpose, against
// keys and returns the key that made it. The errors are those of Verify on a
// commit; with ErrUnknownKey the key returned made the signature and is none of
// keys.
func VerifyFor(purpose string, data []byte, signature string, keys []PublicKey) (PublicKey, error) {
	if signature == "" {
		return PublicKey{}, ErrUnsigned
	}
	if err := checkPurpose(purpose); err != nil {
		return PublicKey{}, err
	}
	return verifySignature(purpose, data, []byte(signature), keys)
}

func checkPurpose(purpose string) error {
	if purpose == "" || purpose == namespace {
		return errors.New("a signature beside commits needs a purpose of its own")
	}
	return nil
}

// verifySignature checks an armored signature over data in one namespace.
func verifySignature(purpose string, data, armored []byte, keys []PublicKey) (PublicKey, error) {
	sig, err := readSignature(armored)
	if err != nil {
		return PublicKey{}, err
	}
	key := PublicKey{key: sig.PublicKey}
	if err := key.check(); err != nil {
		return PublicKey{}, err
	}
	if sig.Namespace != purpose {
		return PublicKey{}, fmt.Errorf("%w: %.64q", ErrWrongNamespace, sig.Namespace)
	}
	if err := sshsig.Verify(bytes.NewReader(data), sig, sig.PublicKey, sig.HashAlgorithm, purpose); err != nil {
		return PublicKey{}, fmt.Errorf("%w: %v", ErrBadSignature, err)
	}
	for _, k := range keys {
		if k.Equal(key) {
			return k, nil
		}
	}
	return key, fmt.Errorf("%w %s", ErrUnknownKey, key.Fingerprint())
}

// readSignature reads an armored signature and nothing beside it.
func readSignature(armored []byte) (sig *sshsig.Signature, err error) {
	block, rest := pem.Decode(armored)
	if block == nil || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%w: it is damaged", ErrBadSignature)
	}
	if sig, err = sshsig.ParseSignature(block.Bytes); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrBadSignature, err)
	}
	return sig, nil
}
