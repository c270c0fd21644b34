package object

import (
	"bytes"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

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
func (s *signed) Verify(keys []sshkey.PublicKey) (sshkey.PublicKey, error) {
	switch {
	case len(s.Signature) == 0:
		return sshkey.PublicKey{}, sshkey.ErrUnsigned
	case !bytes.HasPrefix(s.Signature, []byte("-----BEGIN SSH SIGNATURE-----\n")):
		return sshkey.PublicKey{}, sshkey.ErrNotSSH
	case s.doubt != nil:
		return sshkey.PublicKey{}, s.doubt
	}
	return sshkey.Verify(s.Payload, s.Signature, keys)
}
