package gitrepo_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
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
		for who, keys := range map[string][]sshkey.PublicKey{"": nil, "bob": {bob.Public}, "ada": {bob.Public, ada.Public}} {
			key, err := must(repo.Commit(t.Context(), id)).Verify(keys)
			tagKey, tagErr := must(repo.Tag(t.Context(), tag)).Verify(keys)
			if who == "ada" {
				if err != nil || tagErr != nil || key.Comment() != "ada" || tagKey.String() != ada.Public.String() {
					t.Errorf("%q: %v, %v", message, err, tagErr)
				}
			} else if !errors.Is(err, sshkey.ErrUnknownKey) || !errors.Is(tagErr, sshkey.ErrUnknownKey) || !key.Equal(ada.Public) {
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
		public, err := sshkey.ParsePublicKey(string(must(os.ReadFile(file + ".pub"))))
		if (kind == "weak") != errors.Is(err, sshkey.ErrWeakKey) {
			t.Errorf("read the %s key: %v", kind, err)
		}
		if _, err := sshkey.LoadSigner(file, nil); (kind == "weak") != errors.Is(err, sshkey.ErrWeakKey) {
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
		known := []sshkey.PublicKey{keys["ed25519"].Public, keys["ecdsa"].Public, keys["rsa"].Public}
		c := must(repo.Commit(t.Context(), remote.Branch(kind)))
		tag := must(repo.Tag(t.Context(), must(repo.Tip(gitrepo.Ref("refs/tags/review/"+kind)))))
		if len(tag.Trailers) != 1 || tag.Message != "review\n\nApp: x\n" {
			t.Errorf("the tag says %q", tag.Message)
		}
		for _, verify := range []func([]sshkey.PublicKey) (sshkey.PublicKey, error){c.Verify, tag.Verify} {
			got, err := verify(known)
			if kind == "weak" {
				if !errors.Is(err, sshkey.ErrWeakKey) {
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
	keys := []sshkey.PublicKey{ada.Public}
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
		"unsigned":         {payload + "\n" + message, sshkey.ErrUnsigned},
		"changed message":  {with(sig) + "more\n", sshkey.ErrBadSignature},
		"changed author":   {strings.Replace(with(sig), "author Ada", "author Eve", 1), sshkey.ErrBadSignature},
		"another header":   {payload + "encoding latin1\ngpgsig " + sig + "\n\n" + message, sshkey.ErrBadSignature},
		"wrong namespace":  {with(foreign), sshkey.ErrWrongNamespace},
		"PGP":              {with("-----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----"), sshkey.ErrNotSSH},
		"gibberish":        {with("hello"), sshkey.ErrNotSSH},
		"cut off":          {with(strings.Join(lines[:len(lines)-1], "\n")), sshkey.ErrBadSignature},
		"something behind": {with(sig + "\n hello"), sshkey.ErrBadSignature},
		"another in front": {with("-----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n " + sig), sshkey.ErrBadSignature},
		"empty":            {with("-----BEGIN SSH SIGNATURE-----\n -----END SSH SIGNATURE-----"), sshkey.ErrBadSignature},
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
		_, err := tag.Verify([]sshkey.PublicKey{ada.Public})
		switch tip.Ref.Short() {
		case "one":
			if err != nil {
				t.Errorf("the true one: %v", err)
			}
		case "changed", "behind":
			if !errors.Is(err, sshkey.ErrBadSignature) {
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
