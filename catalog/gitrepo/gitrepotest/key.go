package gitrepotest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

// Key is an SSH key of a test, in files for git and as values for Go.
type Key struct {
	Name    string
	File    string // the private key; the public one is beside it with .pub
	Signer  *sshkey.Signer
	Public  sshkey.PublicKey
	Allowed string // a file that allows this key to sign for any name, for git
}

// NewKey makes the key of a name. The same name always has the same key, which
// therefore is worth nothing outside tests.
func NewKey(t testing.TB, name string) *Key {
	t.Helper()
	seed := sha256.Sum256([]byte("levee test key of " + name))
	private := ed25519.NewKeyFromSeed(seed[:])
	block, err := ssh.MarshalPrivateKey(private, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sshkey.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	public, err := sshkey.ParsePublicKey(signer.Public().String() + " " + name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	k := &Key{
		Name: name, File: filepath.Join(dir, "key"), Signer: signer, Public: public,
		Allowed: filepath.Join(dir, "allowed_signers"),
	}
	for file, data := range map[string][]byte{
		k.File:          pem.EncodeToMemory(block),
		k.File + ".pub": []byte(public.String() + "\n"),
		k.Allowed:       bytes.Join([][]byte{[]byte(`* namespaces="git"`), []byte(public.String() + "\n")}, []byte(" ")),
	} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// config lets git sign with the key.
func (k *Key) config() []string {
	return []string{"-c", "gpg.format=ssh", "-c", "user.signingkey=" + k.File}
}

// Config is what lets git sign and verify with the key: arguments that go before
// the command.
func (k *Key) Config() []string {
	return append(k.config(), "-c", "gpg.ssh.allowedSignersFile="+k.Allowed)
}
