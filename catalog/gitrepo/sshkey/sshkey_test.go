package sshkey_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestKeys(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Fatal("ssh-keygen is missing; on Debian it is in openssh-client")
	}
	private, signer, err := sshkey.Generate("levee@host")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, private, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sshkey.LoadSigner(file, nil); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("a key that others may read: %v", err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := must(sshkey.LoadSigner(file, []byte("not needed")))
	if !loaded.Public().Equal(signer.Public()) {
		t.Error("another key was loaded")
	}
	out := string(must(exec.Command("ssh-keygen", "-l", "-f", file).Output()))
	if !strings.Contains(out, signer.Public().Fingerprint()) || !strings.Contains(out, "levee@host") {
		t.Errorf("ssh-keygen calls it %s", out)
	}
	if out, err := exec.Command("ssh-keygen", "-q", "-p", "-N", "pass phrase", "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := sshkey.LoadSigner(file, nil); err == nil {
		t.Error("a key was loaded without its passphrase")
	}
	if _, err := sshkey.LoadSigner(file, []byte("wrong")); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong passphrase: %v", err)
	}
	must(sshkey.LoadSigner(file, []byte("pass phrase")))

	small := must(rsa.GenerateKey(rand.Reader, 1024))
	if _, err := sshkey.NewSigner(small); !errors.Is(err, sshkey.ErrWeakKey) {
		t.Errorf("a small RSA key: %v", err)
	}
	hard := must(ssh.NewSignerFromSigner(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))))
	must(sshkey.NewSSHSigner(hard))
	line := signer.Public().String()
	for name, bad := range map[string]string{
		"empty": "", "options": `command="x" ` + line, "two": line + "\n" + line, "cut off": line[:40],
		"dsa": "ssh-dss AAAAB3NzaC1kc3MAAACBAP1/U4EddRIpUt9KnC7s5Of2EbdSPO9EAMMeP4C2USZpRV1AIlH7WT2NWPq/xfW6MPbLm1Vs14E7gB00b/JmYLdrmVClpJ+f6AR7ECLCT7up1/63xhv4O1fnxqimFQ8E+4P208UewwI1VBNaFpEy9nXzrith1yrv8iIDGZ3RSAHHAAAAFQCXYFCPFSMLzLKSuYKi64QL8Fgc9QAAAIEA9+GghdabPd7LvKtcNrhXuXmUr7v6OuqC+VdMCz0HgmdRWVeOutRZT+ZxBxCBgLRJFnEj6EwoFhO3zwkyjMim4TwWeotUfI0o4KOuHiuzpnWRbqN/C/ohNWLx+2J6ASQ7zKTxvqhRkImog9/hWuWfBpKLZl6Ae1UlZAFMO/7PSSoAAACAY2bnYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWE=",
	} {
		if k, err := sshkey.ParsePublicKey(bad); err == nil {
			t.Errorf("%s: %s was read", name, k)
		}
	}
	var none sshkey.PublicKey
	if none.String() != "" || none.Fingerprint() != "" || none.Equal(none) {
		t.Error("no key is a key")
	}
	if !bytes.HasPrefix(private, []byte("-----BEGIN OPENSSH PRIVATE KEY-----")) {
		t.Error("the key is not in OpenSSH's format")
	}
}

// TestSignFor checks that a signature holds for its bytes, key and purpose only.
func TestSignFor(t *testing.T) {
	key, other := gitrepotest.NewKey(t, "root"), gitrepotest.NewKey(t, "other")
	keys := []sshkey.PublicKey{key.Public}
	data := []byte(`{"a":1}`)
	const purpose = "levee-test@levee.dev"
	signature := must(key.Signer.SignFor(purpose, data))
	if got, err := sshkey.VerifyFor(purpose, data, signature, keys); err != nil || !got.Equal(key.Public) {
		t.Errorf("a good signature: %v", err)
	}
	for name, test := range map[string]struct {
		purpose, data, signature string
		keys                     []sshkey.PublicKey
		want                     error
	}{
		"other bytes":   {purpose, `{"a":2}`, signature, keys, sshkey.ErrBadSignature},
		"other purpose": {"levee-other@levee.dev", string(data), signature, keys, sshkey.ErrWrongNamespace},
		"other key":     {purpose, string(data), signature, []sshkey.PublicKey{other.Public}, sshkey.ErrUnknownKey},
		"no key":        {purpose, string(data), signature, nil, sshkey.ErrUnknownKey},
		"none":          {purpose, string(data), "", keys, sshkey.ErrUnsigned},
		"garbage":       {purpose, string(data), "hello", keys, sshkey.ErrBadSignature},
	} {
		if _, err := sshkey.VerifyFor(test.purpose, []byte(test.data), test.signature, test.keys); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, purpose := range []string{"", "git"} {
		if _, err := key.Signer.SignFor(purpose, data); err == nil {
			t.Errorf("a signature for %q was made", purpose)
		}
		if _, err := sshkey.VerifyFor(purpose, data, signature, keys); err == nil {
			t.Errorf("a signature for %q was accepted", purpose)
		}
	}
}
