package gitrepo

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/hiddeco/sshsig"
)

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
		return PublicKey{}, fmt.Errorf("%w: %q", ErrWrongNamespace, cut(sig.Namespace, 64))
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
