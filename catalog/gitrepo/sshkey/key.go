package sshkey

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// PublicKey is an SSH key that signatures are checked against.
type PublicKey struct {
	key     ssh.PublicKey
	comment string
}

// ParsePublicKey reads a key as OpenSSH writes it into .pub and authorized_keys
// files: "ssh-ed25519 AAAA… comment". A line with options, a certificate or a weak
// key (DSA, RSA under 2048 bits) is an error.
func ParsePublicKey(line string) (PublicKey, error) {
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return PublicKey{}, fmt.Errorf("read public key: %w", err)
	}
	if len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return PublicKey{}, errors.New("read public key: there is more than one key on one line")
	}
	p := PublicKey{key, comment}
	if err := p.check(); err != nil {
		return PublicKey{}, fmt.Errorf("read public key: %w", err)
	}
	return p, nil
}

// Fingerprint is the short name of the key, "SHA256:…", as ssh-keygen -l shows it.
func (p PublicKey) Fingerprint() string {
	if p.key == nil {
		return ""
	}
	return ssh.FingerprintSHA256(p.key)
}

// String is the line that ParsePublicKey reads, with the comment if there is one.
func (p PublicKey) String() string {
	if p.key == nil {
		return ""
	}
	line := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(p.key)), "\n")
	if p.comment != "" {
		line += " " + p.comment
	}
	return line
}

// Comment is what follows the key on its line, by custom the name of its owner.
func (p PublicKey) Comment() string { return p.comment }

// Equal reports whether two keys are the same, whatever their comments say.
func (p PublicKey) Equal(q PublicKey) bool {
	return p.key != nil && q.key != nil && bytes.Equal(p.key.Marshal(), q.key.Marshal())
}

// check refuses keys that do not prove anything, and certificates, whose authority
// nobody here could check.
func (p PublicKey) check() error {
	switch p.key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521,
		ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return nil
	case ssh.KeyAlgoRSA:
		if c, ok := p.key.(ssh.CryptoPublicKey); ok {
			if k, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok && k.N.BitLen() >= 2048 {
				return nil
			}
		}
		return fmt.Errorf("%w: an RSA key of less than 2048 bits", ErrWeakKey)
	}
	return fmt.Errorf("%w: a key of the type %.64q", ErrWeakKey, p.key.Type())
}

// Signer makes signatures. It is safe for concurrent use if the key it was made
// from is.
type Signer struct {
	key ssh.Signer
}

// NewSigner makes a Signer from a key that is held elsewhere, such as in an agent
// or a hardware module.
func NewSigner(key crypto.Signer) (*Signer, error) {
	s, err := ssh.NewSignerFromSigner(key)
	if err != nil {
		return nil, fmt.Errorf("use signing key: %w", err)
	}
	return checkedSigner(s)
}

// NewSSHSigner is NewSigner for a key that speaks SSH already.
func NewSSHSigner(key ssh.Signer) (*Signer, error) { return checkedSigner(key) }

func checkedSigner(key ssh.Signer) (*Signer, error) {
	s := &Signer{key}
	if err := s.Public().check(); err != nil {
		return nil, fmt.Errorf("use signing key: %w", err)
	}
	return s, nil
}

// ParseSigner reads an OpenSSH private key. The passphrase is ignored for a key
// that has none.
func ParseSigner(data, passphrase []byte) (*Signer, error) {
	key, err := ssh.ParsePrivateKey(data)
	if missing := (*ssh.PassphraseMissingError)(nil); errors.As(err, &missing) && len(passphrase) > 0 {
		key, err = ssh.ParsePrivateKeyWithPassphrase(data, passphrase)
	}
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return checkedSigner(key)
}

// LoadSigner reads an OpenSSH private key from a file. A file that others may read is
// refused, as ssh does; see exposed.
func LoadSigner(name string, passphrase []byte) (*Signer, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	if Exposed(info) {
		return nil, fmt.Errorf("read signing key %s: others may read it (mode %04o); take that from them with chmod", name, info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return ParseSigner(data, passphrase)
}

// Exposed reports whether others than who runs this program may use a file with a secret; see
// exposed.
func Exposed(info fs.FileInfo) bool { return exposed(info.Mode().Perm(), ownedByOther(info)) }

// exposed reports whether others than who runs this program may use a key file, by its mode and
// whether somebody else owns it. A file of somebody else can be read at all because a group may,
// which then was given to this program for it: a pod's fsGroup, to which Kubernetes opens the
// secrets that it mounts, whatever mode they are given.
func exposed(mode fs.FileMode, othersFile bool) bool {
	if othersFile {
		return mode&0o037 != 0
	}
	return mode&0o077 != 0
}

// Generate makes an Ed25519 key pair. The first result is the private key as
// OpenSSH stores it, without a passphrase.
func Generate(comment string) ([]byte, *Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	s, err := NewSigner(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(block), s, nil
}

// Public is the key that the signatures verify with.
func (s *Signer) Public() PublicKey { return PublicKey{key: s.key.PublicKey()} }
