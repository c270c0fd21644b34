package attest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
	sigdsse "github.com/sigstore/sigstore/pkg/signature/dsse"
	"github.com/sigstore/sigstore/pkg/signature/options"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/levee-gitops/levee/catalog/evidence"
	"github.com/levee-gitops/levee/catalog/safetext"
)

// Verdict is whose a signature is: the names of signers, sorted, and where there is none the
// reason, as the end of a sentence that begins with the signature.
type Verdict struct {
	Signers  []string
	Identity string // whom the certificate names; empty for a key
	Why      string
}

// nobody is the verdict on a signature that is no signer's.
func nobody(why string, args ...any) Verdict { return Verdict{Why: fmt.Sprintf(why, args...)} }

// Verify tells whose a signature is. Equal ids stand for equal content, whose verdict is
// remembered; an empty one is not. It neither fails nor panics: what cannot be verified is
// nobody's.
func (t *Trust) Verify(id string, s *evidence.Signed) Verdict {
	if known, ok := t.verdicts.Get(id); ok {
		return known
	}
	v := t.verify(s)
	if id != "" {
		t.verdicts.Add(id, v)
	}
	return v
}

func (t *Trust) verify(s *evidence.Signed) (v Verdict) {
	defer func() {
		if recover() != nil { // the library was given what it is not made for
			v = nobody("breaks off the program that verifies it")
		}
	}()
	if s.Bundle == nil {
		return t.byKey(envelopeOf(s))
	}
	b, err := bundleOf(s)
	if err != nil {
		return nobody("is no sigstore bundle of version 0.1, 0.2 or 0.3 that can be verified")
	}
	content, err := b.VerificationContent()
	switch {
	case err != nil:
		return nobody("has no certificate that can be read")
	case content.Certificate() != nil:
		return t.byCertificate(b, s)
	case b.GetMessageSignature() != nil:
		return t.byKeyOverSum(b.GetMessageSignature().GetSignature(), s)
	}
	envelope, err := b.Envelope()
	if err != nil {
		return nobody("holds no envelope that can be read")
	}
	return t.byKey(envelope.Envelope)
}

// envelopeOf is a bare envelope as it was.
func envelopeOf(s *evidence.Signed) *dsse.Envelope {
	e := &dsse.Envelope{PayloadType: s.Type, Payload: base64.StdEncoding.EncodeToString(s.Payload())}
	for _, signature := range s.Signatures {
		e.Signatures = append(e.Signatures, dsse.Signature{Sig: base64.StdEncoding.EncodeToString(signature.Sig)})
	}
	return e
}

// bundleOf is a bundle as it was, with its payload.
func bundleOf(s *evidence.Signed) (*bundle.Bundle, error) {
	var pb protobundle.Bundle
	if err := protojson.Unmarshal(s.Bundle, &pb); err != nil {
		return nil, err
	}
	if e := pb.GetDsseEnvelope(); e != nil {
		e.Payload = s.Payload()
	}
	return bundle.NewBundle(&pb)
}

// byKey verifies an envelope by every key. What the envelope says of the key that it was
// signed with is not signed, and is not looked at: the verifiers have no name for their keys.
func (t *Trust) byKey(e *dsse.Envelope) Verdict {
	return t.byAnyKey(func(v signature.Verifier) error {
		verifier, err := dsse.NewEnvelopeVerifier(&sigdsse.VerifierAdapter{SignatureVerifier: v})
		if err == nil {
			_, err = verifier.Verify(context.Background(), e)
		}
		return err
	})
}

// byKeyOverSum verifies a signature of something of which only the checksum is known.
func (t *Trust) byKeyOverSum(sig []byte, s *evidence.Signed) Verdict {
	sum := sumOf(s)
	return t.byAnyKey(func(v signature.Verifier) error {
		return v.VerifySignature(bytes.NewReader(sig), nil, options.WithDigest(sum))
	})
}

func (t *Trust) byAnyKey(holds func(signature.Verifier) error) Verdict {
	var v Verdict
	for _, k := range t.keys {
		if slices.ContainsFunc(verifiersOf(k.key), func(way signature.Verifier) bool { return holds(way) == nil }) {
			v.Signers = append(v.Signers, k.name)
		}
	}
	if len(v.Signers) == 0 {
		return nobody("is by no key that the settings name, or is of other content")
	}
	v.Signers = eachOnce(v.Signers)
	return v
}

// byCertificate verifies a bundle by the trusted roots, and then looks whom its certificate
// names.
func (t *Trust) byCertificate(b *bundle.Bundle, s *evidence.Signed) Verdict {
	if len(t.roots) == 0 {
		return nobody("is by a certificate, and the catalog has no trusted_root.json by which one is verified")
	}
	about := verify.WithoutArtifactUnsafe() // what a statement is about is looked at with what it says
	if b.GetMessageSignature() != nil {
		about = verify.WithArtifactDigest("sha256", sumOf(s))
	}
	var why string
	for _, root := range t.roots {
		result, err := root.Verify(b, verify.NewPolicy(about, verify.WithoutIdentitiesUnsafe()))
		if err == nil {
			return t.named(result.Signature.Certificate)
		}
		why = reason(err)
	}
	return Verdict{Why: why}
}

// named are the signers whom a certificate names.
func (t *Trust) named(c *certificate.Summary) Verdict {
	v := Verdict{Identity: c.SubjectAlternativeName}
	for _, i := range t.identities {
		if i.expected.Verify(*c) == nil {
			v.Signers = append(v.Signers, i.name)
		}
	}
	if len(v.Signers) == 0 {
		return nobody("is by %s of %s, whom the settings do not name", safetext.Code(c.SubjectAlternativeName), safetext.Code(c.Issuer))
	}
	v.Signers = eachOnce(v.Signers)
	return v
}

// eachOnce sorts names of signers; one with several keys or identities is named once.
func eachOnce(signers []string) []string {
	slices.Sort(signers)
	return slices.Compact(signers)
}

// sumOf is the checksum that a signature without a statement is about.
func sumOf(s *evidence.Signed) []byte {
	if len(s.Subjects) == 0 {
		return nil
	}
	sum, _ := hex.DecodeString(strings.TrimPrefix(s.Subjects[0], "sha256:")) // evidence made it
	return sum
}

// reason says what the library found, in words that hold nothing of what it was given.
func reason(err error) string {
	said := err.Error()
	switch {
	case strings.Contains(said, "outside certificate validity"):
		return "is by a certificate that did not hold when it was made"
	case strings.HasPrefix(said, "failed to verify log inclusion"):
		return "is in no transparency log that trusted_root.json lists, or is not what the log has"
	case strings.HasPrefix(said, "failed to verify timestamps"):
		return "has no time at which it was made by a log or a time-stamping authority that trusted_root.json lists"
	case strings.HasPrefix(said, "failed to verify leaf certificate"):
		return "is by a certificate that no authority of trusted_root.json gave, or that did not hold when it was made"
	case strings.HasPrefix(said, "failed to verify signed certificate timestamp"):
		return "is by a certificate that is in no log of trusted_root.json"
	case strings.HasPrefix(said, "failed to verify signature"):
		return "is of other content"
	}
	return "cannot be verified"
}
