package gitrepo

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/hiddeco/sshsig"
)

// Why a signature is not accepted. Every error of Verify is one of these or
// ErrMalformed.
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

// signed is the part of a commit or tag that says who stands for it.
type signed struct {
	Payload   []byte // what the signature is over, byte for byte as stored
	Signature []byte // armored, empty without one
	doubt     error  // why the object could be read in two ways
}

// Verify checks the SSH signature against keys and returns the key that made it.
// With ErrUnknownKey the signature fits the content, and the key returned is the
// one that made it, which is none of keys. With any other error there is no key.
//
// An object whose headers are not exactly as Git writes them is ErrMalformed, even
// if signed: programs disagree about what such an object says.
func (s *signed) Verify(keys []PublicKey) (PublicKey, error) {
	switch {
	case len(s.Signature) == 0:
		return PublicKey{}, ErrUnsigned
	case !bytes.HasPrefix(s.Signature, []byte("-----BEGIN SSH SIGNATURE-----\n")):
		return PublicKey{}, ErrNotSSH
	case s.doubt != nil:
		return PublicKey{}, s.doubt
	}
	return verifySignature(namespace, s.Payload, s.Signature, keys)
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
