package gitrepo_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// needSSHKeygen fails where git cannot make or check SSH signatures: skipping
// would leave half of this untested unnoticed.
func needSSHKeygen(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Fatal("ssh-keygen is missing; on Debian it is in openssh-client")
	}
}

func TestSignaturesThatGitAccepts(t *testing.T) {
	needSSHKeygen(t)
	remote := gitrepotest.New(t, "-- a --\n1\n")
	first := remote.Branch("main")
	repo := gitrepotest.Open(t, remote)
	ada, bob := gitrepotest.NewKey(t, "ada"), gitrepotest.NewKey(t, "bob")
	for i, message := range []string{"one line", "Subject\n\nBody\n\nApp: x\n", "", "ends\n\n\n", "Überschrift – 漢字\n"} {
		b := must(repo.Batch(t.Context(), first))
		id := must(b.Commit(t.Context(), gitrepo.Draft{Message: message, Author: bot, Signer: ada.Signer}))
		name := fmt.Sprint("v", i)
		tag := must(b.Tag(id, gitrepo.TagDraft{Name: name, Message: message, Tagger: bot, Signer: ada.Signer}))
		branch := fmt.Sprint("b", i)
		if err := repo.Push(t.Context(), b, gitrepo.Advance(branch, "", id), gitrepo.Update{Ref: gitrepo.Ref("refs/tags/" + name), New: tag}); err != nil {
			t.Fatal(err)
		}
		for _, check := range [][]string{{"verify-commit", branch}, {"verify-tag", name}} {
			if out, err := remote.TryGit(append(ada.Config(), check...)...); err != nil || !strings.Contains(out, ada.Public.Fingerprint()) {
				t.Errorf("%q: git %v: %v\n%s", message, check, err, out)
			}
			if out, err := remote.TryGit(append(bob.Config(), check...)...); err == nil {
				t.Errorf("%q: git %v accepts another key:\n%s", message, check, out)
			}
		}
		for who, keys := range map[string][]gitrepo.PublicKey{"": nil, "bob": {bob.Public}, "ada": {bob.Public, ada.Public}} {
			key, err := must(repo.Commit(t.Context(), id)).Verify(keys)
			tagKey, tagErr := must(repo.Tag(t.Context(), tag)).Verify(keys)
			if who == "ada" {
				if err != nil || tagErr != nil || key.Comment() != "ada" || tagKey.String() != ada.Public.String() {
					t.Errorf("%q: %v, %v", message, err, tagErr)
				}
			} else if !errors.Is(err, gitrepo.ErrUnknownKey) || !errors.Is(tagErr, gitrepo.ErrUnknownKey) || !key.Equal(ada.Public) {
				t.Errorf("%q for %q: %v, %v", message, who, err, tagErr)
			}
		}
	}
	if out, err := remote.TryGit("fsck", "--strict"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
}

func TestSignaturesThatGitMakes(t *testing.T) {
	needSSHKeygen(t)
	remote := gitrepotest.NewEmpty(t)
	keys := map[string]*gitrepotest.Key{"ed25519": gitrepotest.NewKey(t, "ada")}
	for kind, args := range map[string][]string{"ecdsa": {"-t", "ecdsa", "-b", "384"}, "rsa": {"-t", "rsa", "-b", "2048"}, "weak": {"-t", "rsa", "-b", "1024"}} {
		file := filepath.Join(t.TempDir(), "key")
		if out, err := exec.Command("ssh-keygen", append(args, "-q", "-N", "", "-C", kind, "-f", file)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		k := &gitrepotest.Key{Name: kind, File: file}
		public, err := gitrepo.ParsePublicKey(string(must(os.ReadFile(file + ".pub"))))
		if (kind == "weak") != errors.Is(err, gitrepo.ErrWeakKey) {
			t.Errorf("read the %s key: %v", kind, err)
		}
		if _, err := gitrepo.LoadSigner(file, nil); (kind == "weak") != errors.Is(err, gitrepo.ErrWeakKey) {
			t.Errorf("load the %s key: %v", kind, err)
		}
		k.Public = public
		keys[kind] = k
	}
	for kind, k := range keys {
		id := remote.Commit(kind, gitrepotest.Change{Message: "Signed\n\nby " + kind, Write: map[string]string{"a": kind}, Key: k})
		remote.Git("-c", "gpg.format=ssh", "-c", "user.signingkey="+k.File, "tag", "-s", "-m", "review", "-m", "App: x", "review/"+kind, string(id))
	}
	repo := gitrepotest.Open(t, remote)
	for kind, k := range keys {
		known := []gitrepo.PublicKey{keys["ed25519"].Public, keys["ecdsa"].Public, keys["rsa"].Public}
		c := must(repo.Commit(t.Context(), remote.Branch(kind)))
		tag := must(repo.Tag(t.Context(), must(repo.Tip(gitrepo.Ref("refs/tags/review/"+kind)))))
		if len(tag.Trailers) != 1 || tag.Message != "review\n\nApp: x\n" {
			t.Errorf("the tag says %q", tag.Message)
		}
		for _, verify := range []func([]gitrepo.PublicKey) (gitrepo.PublicKey, error){c.Verify, tag.Verify} {
			got, err := verify(known)
			if kind == "weak" {
				if !errors.Is(err, gitrepo.ErrWeakKey) {
					t.Errorf("a weak key: %v", err)
				}
			} else if err != nil || !got.Equal(k.Public) {
				t.Errorf("%s: %s, %v", kind, got, err)
			}
		}
	}
}

func TestReasonsNotToAccept(t *testing.T) {
	needSSHKeygen(t)
	remote := gitrepotest.New(t, "-- a --\n1\n")
	ada := gitrepotest.NewKey(t, "ada")
	keys := []gitrepo.PublicKey{ada.Public}
	raw := remote.Git("cat-file", "commit", string(remote.Commit("signed", gitrepotest.Change{Key: ada, Write: map[string]string{"x": "1"}})))
	payload, rest, _ := strings.Cut(raw, "gpgsig ")
	sig, message, _ := strings.Cut(rest, "\n\n")

	// The same content, signed for another purpose.
	file := filepath.Join(t.TempDir(), "payload")
	if err := os.WriteFile(file, []byte(payload+"\n"+message), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", ada.File, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	foreign := strings.ReplaceAll(strings.TrimSpace(string(must(os.ReadFile(file+".sig")))), "\n", "\n ")

	with := func(sig string) string { return payload + "gpgsig " + sig + "\n\n" + message }
	lines := strings.Split(sig, "\n")
	repo := gitrepotest.Open(t, remote)
	for name, test := range map[string]struct {
		raw  string
		want error
	}{
		"unsigned":         {payload + "\n" + message, gitrepo.ErrUnsigned},
		"changed message":  {with(sig) + "more\n", gitrepo.ErrBadSignature},
		"changed author":   {strings.Replace(with(sig), "author Ada", "author Eve", 1), gitrepo.ErrBadSignature},
		"another header":   {payload + "encoding latin1\ngpgsig " + sig + "\n\n" + message, gitrepo.ErrBadSignature},
		"wrong namespace":  {with(foreign), gitrepo.ErrWrongNamespace},
		"PGP":              {with("-----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----"), gitrepo.ErrNotSSH},
		"gibberish":        {with("hello"), gitrepo.ErrNotSSH},
		"cut off":          {with(strings.Join(lines[:len(lines)-1], "\n")), gitrepo.ErrBadSignature},
		"something behind": {with(sig + "\n hello"), gitrepo.ErrBadSignature},
		"another in front": {with("-----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n " + sig), gitrepo.ErrBadSignature},
		"empty":            {with("-----BEGIN SSH SIGNATURE-----\n -----END SSH SIGNATURE-----"), gitrepo.ErrBadSignature},
	} {
		key, err := must(repo.Commit(t.Context(), catalog.Commit(land(t, repo, "commit", test.raw)))).Verify(keys)
		if !errors.Is(err, test.want) || key.Fingerprint() != "" {
			t.Errorf("%s: %s, %v", name, key, err)
		}
	}
	if _, err := must(repo.Commit(t.Context(), remote.Branch("signed"))).Verify(keys); err != nil {
		t.Errorf("the true one: %v", err)
	}
}

func TestTagsWithTwoSignatures(t *testing.T) {
	needSSHKeygen(t)
	remote := gitrepotest.New(t, "-- a --\n1\n")
	ada := gitrepotest.NewKey(t, "ada")
	remote.Git(append(ada.Config(), "tag", "-s", "-m", "review", "one", "main")...)
	raw := remote.Git("cat-file", "tag", "one")
	_, sig, _ := strings.Cut(raw, "-----BEGIN")
	for name, changed := range map[string]string{
		"twice":         raw + "-----BEGIN" + sig,
		"other-in-text": strings.Replace(raw, "review\n", "review\n-----BEGIN PGP SIGNATURE-----\n", 1),
		"changed":       strings.Replace(raw, "review\n", "approve\n", 1),
		"two-taggers":   strings.Replace(raw, "\ntagger", "\ntagger B <b@x> 1 +0000\ntagger", 1),
		"no-tagger":     strings.Replace(raw, "\ntagger", "\nencoding", 1),
		"behind":        raw + "and more\n",
	} {
		id := strings.TrimSpace(remote.GitInput(changed, "hash-object", "-t", "tag", "-w", "--stdin", "--literally"))
		remote.SetRef("refs/tags/"+name, id)
	}
	repo := gitrepotest.Open(t, remote)
	for _, tip := range repo.Tips("refs/tags/") {
		tag := must(repo.Tag(t.Context(), tip.ID))
		_, err := tag.Verify([]gitrepo.PublicKey{ada.Public})
		switch tip.Ref.Short() {
		case "one":
			if err != nil {
				t.Errorf("the true one: %v", err)
			}
		case "changed", "behind":
			if !errors.Is(err, gitrepo.ErrBadSignature) {
				t.Errorf("%s: %v", tip.Ref, err)
			}
		default:
			if !errors.Is(err, gitrepo.ErrMalformed) {
				t.Errorf("%s: %v", tip.Ref, err)
			}
		}
	}
	if _, err := repo.Tag(t.Context(), gitrepo.ID(remote.Branch("main"))); !errors.Is(err, gitrepo.ErrNotFound) {
		t.Errorf("a commit read as a tag: %v", err)
	}
}

func TestKeys(t *testing.T) {
	needSSHKeygen(t)
	private, signer, err := gitrepo.GenerateKey("levee@host")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, private, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := gitrepo.LoadSigner(file, nil); err == nil || !strings.Contains(err.Error(), "0644") {
		t.Errorf("a key that others may read: %v", err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := must(gitrepo.LoadSigner(file, []byte("not needed")))
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
	if _, err := gitrepo.LoadSigner(file, nil); err == nil {
		t.Error("a key was loaded without its passphrase")
	}
	if _, err := gitrepo.LoadSigner(file, []byte("wrong")); err == nil || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong passphrase: %v", err)
	}
	must(gitrepo.LoadSigner(file, []byte("pass phrase")))

	small := must(rsa.GenerateKey(rand.Reader, 1024))
	if _, err := gitrepo.NewSigner(small); !errors.Is(err, gitrepo.ErrWeakKey) {
		t.Errorf("a small RSA key: %v", err)
	}
	hard := must(ssh.NewSignerFromSigner(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))))
	must(gitrepo.NewSSHSigner(hard))
	line := signer.Public().String()
	for name, bad := range map[string]string{
		"empty": "", "options": `command="x" ` + line, "two": line + "\n" + line, "cut off": line[:40],
		"dsa": "ssh-dss AAAAB3NzaC1kc3MAAACBAP1/U4EddRIpUt9KnC7s5Of2EbdSPO9EAMMeP4C2USZpRV1AIlH7WT2NWPq/xfW6MPbLm1Vs14E7gB00b/JmYLdrmVClpJ+f6AR7ECLCT7up1/63xhv4O1fnxqimFQ8E+4P208UewwI1VBNaFpEy9nXzrith1yrv8iIDGZ3RSAHHAAAAFQCXYFCPFSMLzLKSuYKi64QL8Fgc9QAAAIEA9+GghdabPd7LvKtcNrhXuXmUr7v6OuqC+VdMCz0HgmdRWVeOutRZT+ZxBxCBgLRJFnEj6EwoFhO3zwkyjMim4TwWeotUfI0o4KOuHiuzpnWRbqN/C/ohNWLx+2J6ASQ7zKTxvqhRkImog9/hWuWfBpKLZl6Ae1UlZAFMO/7PSSoAAACAY2bnYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWEKYWE=",
	} {
		if k, err := gitrepo.ParsePublicKey(bad); err == nil {
			t.Errorf("%s: %s was read", name, k)
		}
	}
	var none gitrepo.PublicKey
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
	keys := []gitrepo.PublicKey{key.Public}
	data := []byte(`{"a":1}`)
	const purpose = "levee-test@levee.dev"
	signature := must(key.Signer.SignFor(purpose, data))
	if got, err := gitrepo.VerifyFor(purpose, data, signature, keys); err != nil || !got.Equal(key.Public) {
		t.Errorf("a good signature: %v", err)
	}
	for name, test := range map[string]struct {
		purpose, data, signature string
		keys                     []gitrepo.PublicKey
		want                     error
	}{
		"other bytes":   {purpose, `{"a":2}`, signature, keys, gitrepo.ErrBadSignature},
		"other purpose": {"levee-other@levee.dev", string(data), signature, keys, gitrepo.ErrWrongNamespace},
		"other key":     {purpose, string(data), signature, []gitrepo.PublicKey{other.Public}, gitrepo.ErrUnknownKey},
		"no key":        {purpose, string(data), signature, nil, gitrepo.ErrUnknownKey},
		"none":          {purpose, string(data), "", keys, gitrepo.ErrUnsigned},
		"garbage":       {purpose, string(data), "hello", keys, gitrepo.ErrBadSignature},
	} {
		if _, err := gitrepo.VerifyFor(test.purpose, []byte(test.data), test.signature, test.keys); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, purpose := range []string{"", "git"} {
		if _, err := key.Signer.SignFor(purpose, data); err == nil {
			t.Errorf("a signature for %q was made", purpose)
		}
		if _, err := gitrepo.VerifyFor(purpose, data, signature, keys); err == nil {
			t.Errorf("a signature for %q was accepted", purpose)
		}
	}
}
