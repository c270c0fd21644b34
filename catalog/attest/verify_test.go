package attest_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/levee-gitops/levee/catalog/attest"
	"github.com/levee-gitops/levee/catalog/attest/attesttest"
	"github.com/levee-gitops/levee/catalog/evidence"
)

var image = strings.Repeat("ab", 32)

// list is a statement with a list of parts about the image.
func list(t testing.TB) []byte {
	return attesttest.Statement(t, attesttest.CycloneDX, `{"bomFormat":"CycloneDX","components":[{"name":"a","version":"1"}]}`, attesttest.About("rooms", image))
}

// signed reads a file, which has to be readable.
func signed(t testing.TB, src []byte) *evidence.Signed {
	t.Helper()
	items := evidence.ReadAll("file.json", src)
	if len(items) != 1 || items[0].Signed == nil {
		t.Fatalf("the file is not read as signed: %+v", items)
	}
	return items[0].Signed
}

// says holds a verdict against the signers that are expected, and a part of the reason.
func says(t testing.TB, v attest.Verdict, signers, why string) {
	t.Helper()
	if strings.Join(v.Signers, " ") != signers || (v.Why == "") != (why == "") || !strings.Contains(v.Why, why) {
		t.Errorf("by %q, because it %q; want %q, because it %q", v.Signers, v.Why, signers, why)
	}
}

// TestKeys: an envelope is whose key made it, whatever kind of key that is and whatever the
// envelope says of it; and nobody's after any change.
func TestKeys(t *testing.T) {
	ci, other := attesttest.NewP256(t), attesttest.NewP256(t)
	keys := map[string]*attesttest.Key{
		"ecdsa": ci, "ed25519": attesttest.NewEd25519(t), "rsa": attesttest.NewRSA(t, 2048),
		"p384": attesttest.NewKey(t, elliptic.P384(), crypto.SHA384), "p384-old": attesttest.NewKey(t, elliptic.P384(), crypto.SHA256),
		"p521": attesttest.NewKey(t, elliptic.P521(), crypto.SHA512),
	}
	var signers []attest.Signer
	for name, key := range keys {
		public, err := attest.ReadKey(key.PEM())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		signers = append(signers, attest.Signer{Name: name, Keys: []crypto.PublicKey{public}})
	}
	trust := attest.New(signers, nil)
	const no = "is by no key that the settings name, or is of other content"
	for name, key := range keys {
		says(t, trust.Verify("", signed(t, key.Envelope(list(t)))), name, "")
		says(t, trust.Verify("", signed(t, key.Bundle(list(t)))), name, "")
	}
	for _, name := range []string{"ecdsa", "p384-old", "rsa"} {
		says(t, trust.Verify("", signed(t, keys[name].Blob([]byte("content")))), name, "")
	}
	says(t, trust.Verify("", signed(t, keys["ed25519"].Blob([]byte("content")))), "", no)
	says(t, trust.Verify("", signed(t, other.Envelope(list(t)))), "", no)
	says(t, trust.Verify("", signed(t, other.Bundle(list(t)))), "", no)
	says(t, trust.Verify("", signed(t, other.Blob([]byte("content")))), "", no)
	says(t, trust.Verify("", signed(t, other.Envelopes(list(t), other, ci, keys["rsa"]))), "ecdsa rsa", "")
	both := attest.New(append(signers, attest.Signer{Name: "again", Keys: []crypto.PublicKey{other.Public(), ci.Public()}}), nil)
	says(t, both.Verify("", signed(t, ci.Envelope(list(t)))), "again ecdsa", "")

	for name, change := range map[string]func(src []byte) []byte{
		"the content": func(src []byte) []byte { return swapped(t, src, `"name":"a"`, `"name":"b"`) },
		"the subject": func(src []byte) []byte { return swapped(t, src, image, strings.Repeat("cd", 32)) },
		"the type":    func(src []byte) []byte { return swapped(t, src, attesttest.CycloneDX, attesttest.CycloneDX+"/v1.6") },
		"the signature": func([]byte) []byte {
			return signatureOf(t, ci.Envelope(list(t)), other.Envelope(list(t)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, src := range [][]byte{ci.Envelope(list(t)), ci.Bundle(list(t))} {
				says(t, trust.Verify("", signed(t, src)), "ecdsa", "")
				says(t, trust.Verify("", signed(t, change(src))), "", no)
			}
		})
	}
}

// TestCertificates: a bundle is whose certificate made it, if an authority of the trusted
// root gave that, for an identity of the settings, while the certificate held, and the log
// of the root has it.
func TestCertificates(t *testing.T) {
	const issuer, workflow = attesttest.Issuer, attesttest.Workflow
	authority, stranger := attesttest.NewAuthority(t), attesttest.NewAuthority(t)
	signers := []attest.Signer{
		{Name: "actions", Issuer: issuer, Subject: "https://github.com/acme/*/.github/workflows/build.yml@refs/heads/main"},
		{Name: "tags", Issuer: issuer, Subject: "https://github.com/acme/**@refs/tags/*"},
		{Name: "elsewhere", Issuer: "https://gitlab.example.com", Subject: workflow},
	}
	two := slices.Concat(stranger.Root(), []byte("\n"), authority.Root())
	for name, c := range map[string]struct {
		src, root    []byte
		signers, why string
	}{
		"as it should be":           {src: authority.Attest(workflow, issuer, list(t)), signers: "actions"},
		"in a log of version two":   {src: authority.AttestV2(workflow, issuer, list(t)), signers: "actions", root: nil},
		"of content elsewhere":      {src: authority.Blob(workflow, issuer, []byte("content")), signers: "actions"},
		"by the second root":        {src: authority.Attest(workflow, issuer, list(t)), root: two, signers: "actions"},
		"by a time stamp":           {src: authority.Attest(workflow, issuer, list(t)), root: authority.RootOfStamps(), signers: "actions"},
		"of another pattern":        {src: authority.Attest("https://github.com/acme/a/b/c.yml@refs/tags/v1", issuer, list(t)), signers: "tags"},
		"another workflow":          {src: authority.Attest(strings.Replace(workflow, "build", "other", 1), issuer, list(t)), why: "is by `https://github.com/acme/rooms/.github/workflows/other.yml@refs/heads/main` of `" + issuer + "`, whom the settings do not name"},
		"a dot for itself":          {src: authority.Attest(strings.Replace(workflow, "build.yml", "buildxyml", 1), issuer, list(t)), why: "whom the settings do not name"},
		"another branch":            {src: authority.Attest(workflow+"-2", issuer, list(t)), why: "whom the settings do not name"},
		"a slash where a star is":   {src: authority.Attest(strings.Replace(workflow, "rooms", "rooms/x", 1), issuer, list(t)), why: "whom the settings do not name"},
		"more before it":            {src: authority.Attest("https://evil.example.com/?"+workflow, issuer, list(t)), why: "whom the settings do not name"},
		"another issuer":            {src: authority.Attest(workflow, "https://evil.example.com", list(t)), why: "of `https://evil.example.com`, whom the settings do not name"},
		"another authority":         {src: stranger.Attest(workflow, issuer, list(t)), why: "is in no transparency log that trusted_root.json lists"},
		"another, by a time stamp":  {src: stranger.Attest(workflow, issuer, list(t)), root: authority.RootOfStamps(), why: "has no time at which it was made"},
		"after its end":             {src: authority.AttestAt(workflow, issuer, list(t), time.Now().Add(time.Hour)), why: "is by a certificate that did not hold when it was made"},
		"before its beginning":      {src: authority.AttestAt(workflow, issuer, list(t), time.Now().Add(-30*time.Minute)), why: "is by a certificate that did not hold when it was made"},
		"without an entry in a log": {src: without(t, authority.Attest(workflow, issuer, list(t)), "tlogEntries"), why: "is in no transparency log"},
		"other content":             {src: swapped(t, authority.Attest(workflow, issuer, list(t)), `"name":"a"`, `"name":"b"`), why: "is in no transparency log that trusted_root.json lists, or is not what the log has"},
		"other content by a stamp":  {src: swapped(t, authority.Attest(workflow, issuer, list(t)), `"name":"a"`, `"name":"b"`), root: authority.RootOfStamps(), why: "is of other content"},
		"another subject":           {src: swapped(t, authority.Attest(workflow, issuer, list(t)), image, strings.Repeat("cd", 32)), why: "is not what the log has"},
		"another signature":         {src: signatureOf(t, authority.Attest(workflow, issuer, list(t)), authority.Attest(workflow, issuer, list(t))), why: "is "},
		"a certificate in no log":   {src: authority.Attest(workflow, issuer, list(t)), root: authority.RootOfLoggedCertificates(), why: "is by a certificate that is in no log of trusted_root.json"},
		"no root":                   {src: authority.Attest(workflow, issuer, list(t)), root: []byte{}, why: "the catalog has no trusted_root.json"},
		"a root that is none":       {src: authority.Attest(workflow, issuer, list(t)), root: []byte("{}"), why: "the catalog has no trusted_root.json"},
		"no bundle of its version":  {src: bytes.Replace(authority.Attest(workflow, issuer, list(t)), []byte("v0.3+json"), []byte("v0.9+json"), 1), why: "is no sigstore bundle of version"},
	} {
		t.Run(name, func(t *testing.T) {
			root := c.root
			if root == nil {
				root = authority.Root()
			}
			v := attest.New(signers, root).Verify("", signed(t, c.src))
			says(t, v, c.signers, c.why)
			if c.signers == "actions" && v.Identity != workflow {
				t.Errorf("signed as %q", v.Identity)
			}
		})
	}
	says(t, attest.New([]attest.Signer{{Name: "half", Issuer: issuer}, {Name: "other half", Subject: "**"}}, authority.Root()).Verify("", signed(t, authority.Attest(workflow, issuer, list(t)))), "", "whom the settings do not name")
}

// TestBlobIsAboutItsSum: what a signature without a statement is about is what was signed.
func TestBlobIsAboutItsSum(t *testing.T) {
	key := attesttest.NewP256(t)
	sum := sha256.Sum256([]byte("content"))
	s := signed(t, key.Blob([]byte("content")))
	if !s.IsAbout("sha256:"+hex.EncodeToString(sum[:])) || len(s.Subjects) != 1 {
		t.Errorf("it is about %q", s.Subjects)
	}
	other := sha256.Sum256([]byte("other"))
	src := bytes.Replace(key.Blob([]byte("content")), []byte(base64.StdEncoding.EncodeToString(sum[:])), []byte(base64.StdEncoding.EncodeToString(other[:])), 1)
	says(t, attest.New([]attest.Signer{{Name: "ci", Keys: []crypto.PublicKey{key.Public()}}}, nil).Verify("", signed(t, src)), "", "is of other content")
	authority := attesttest.NewAuthority(t)
	src = bytes.Replace(authority.Blob(attesttest.Workflow, attesttest.Issuer, []byte("content")), []byte(base64.StdEncoding.EncodeToString(sum[:])), []byte(base64.StdEncoding.EncodeToString(other[:])), 1)
	says(t, attest.New([]attest.Signer{{Name: "ci", Issuer: attesttest.Issuer, Subject: "**"}}, authority.RootOfStamps()).Verify("", signed(t, src)), "", "is of other content")
}

// TestRemembered: equal ids are verified once.
func TestRemembered(t *testing.T) {
	key := attesttest.NewP256(t)
	trust := attest.New([]attest.Signer{{Name: "ci", Keys: []crypto.PublicKey{key.Public()}}}, nil)
	right, wrong := signed(t, key.Envelope(list(t))), signed(t, attesttest.NewP256(t).Envelope(list(t)))
	says(t, trust.Verify("a", right), "ci", "")
	says(t, trust.Verify("a", wrong), "ci", "")
	says(t, trust.Verify("b", wrong), "", "is by no key")
	says(t, trust.Verify("", wrong), "", "is by no key")
}

// TestRoots: a trusted root that proves nothing is refused, and so is one key that does.
func TestRoots(t *testing.T) {
	authority := attesttest.NewAuthority(t)
	for name, c := range map[string]struct {
		src   []byte
		roots int
		why   string
	}{
		"one":          {src: authority.Root(), roots: 1},
		"two":          {src: slices.Concat(authority.Root(), []byte("\n"), authority.RootOfStamps()), roots: 2},
		"none":         {src: []byte(" \n")},
		"no JSON":      {src: []byte("root"), why: "it is no JSON"},
		"another file": {src: []byte(`{"a":1}`), why: "it is no sigstore trusted root"},
		"no log":       {src: authority.RootOfNothing(), why: "neither a transparency log nor a time-stamping authority"},
		"no authority": {src: without(t, authority.Root(), "certificateAuthorities"), why: "it lists no certificate authority"},
		"too many":     {src: bytes.Repeat(authority.Root(), 9), why: "more than 8"},
		"one of two":   {src: append(authority.Root(), '{'), why: "it is no JSON"},
		"a list":       {src: []byte(`[]`), why: "it is no sigstore trusted root"},
	} {
		roots, err := attest.ReadRoots(c.src)
		if err == nil && c.why != "" || err != nil && (c.why == "" || !strings.Contains(err.Error(), c.why)) || len(roots) != c.roots {
			t.Errorf("%s: %d roots, %v; want %d, %q", name, len(roots), err, c.roots, c.why)
		}
	}
	for name, pem := range map[string]string{
		"nothing": "", "words": "some words", "a short key of RSA": attesttest.NewRSA(t, 1024).PEM(), "a short key of ECDSA": attesttest.NewKey(t, elliptic.P224(), crypto.SHA256).PEM(),
		"a private key": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
		"a key of SSH":  attesttest.NewP256(t).SSH(),
	} {
		if key, err := attest.ReadKey(pem); err == nil || key != nil || pem != "" && strings.Contains(err.Error(), pem) {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

// FuzzVerify: whatever somebody makes of what others signed, it is theirs only if it still
// says what they signed.
func FuzzVerify(f *testing.F) {
	key, authority := attesttest.NewP256(f), attesttest.NewAuthority(f)
	trust := attest.New([]attest.Signer{
		{Name: "key", Keys: []crypto.PublicKey{key.Public()}},
		{Name: "certificate", Issuer: attesttest.Issuer, Subject: attesttest.Workflow},
	}, authority.Root())
	statement := list(f)
	for _, src := range [][]byte{
		key.Envelope(statement), key.Bundle(statement), authority.Attest(attesttest.Workflow, attesttest.Issuer, statement),
		authority.AttestV2(attesttest.Workflow, attesttest.Issuer, statement), key.Blob([]byte("x")), authority.Blob(attesttest.Workflow, attesttest.Issuer, []byte("x")),
	} {
		f.Add(string(src))
	}
	sum := sha256.Sum256([]byte("x"))
	f.Fuzz(func(t *testing.T, src string) {
		for _, i := range evidence.ReadAll("x.json", []byte(src)) {
			if i.Signed == nil {
				continue
			}
			v := trust.Verify("", i.Signed)
			if (len(v.Signers) == 0) != (v.Why != "") || strings.Contains(v.Why, "breaks off") {
				t.Fatalf("verdict: %+v", v)
			}
			if payload := i.Signed.Payload(); len(v.Signers) > 0 && !bytes.Equal(payload, statement) && (payload != nil || !i.Signed.IsAbout("sha256:"+hex.EncodeToString(sum[:]))) {
				t.Fatalf("signed by %v: %s", v.Signers, payload)
			}
		}
	})
}
