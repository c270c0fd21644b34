package attesttest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"google.golang.org/protobuf/encoding/protojson"
)

// Who signs by certificate in tests.
const (
	Issuer   = "https://token.actions.githubusercontent.com"
	Workflow = "https://github.com/acme/rooms/.github/workflows/build.yml@refs/heads/main"
)

// Authority is a certificate authority with a transparency log and a time-stamping authority.
type Authority struct {
	t testing.TB
	*ca.VirtualSigstore
}

// NewAuthority makes one.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	v, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{t, v}
}

// Root is the trusted root that lists the authority and its log.
func (a *Authority) Root() []byte { return a.root(a.RekorLogs(), nil) }

// RootOfStamps is one that lists its time-stamping authority and no log.
func (a *Authority) RootOfStamps() []byte { return a.root(nil, nil) }

// RootOfLoggedCertificates is one that lists a log of certificates too, in which those of the
// authority are not.
func (a *Authority) RootOfLoggedCertificates() []byte { return a.root(a.RekorLogs(), a.CTLogs()) }

// RootOfNothing is one by which it cannot be told when anything was signed.
func (a *Authority) RootOfNothing() []byte {
	return a.made(root.NewTrustedRoot(root.TrustedRootMediaType01, a.FulcioCertificateAuthorities(), nil, nil, nil))
}

func (a *Authority) root(logs, certificates map[string]*root.TransparencyLog) []byte {
	a.t.Helper()
	for _, list := range []map[string]*root.TransparencyLog{logs, certificates} {
		for id, log := range list {
			raw, err := hex.DecodeString(id)
			if err != nil {
				a.t.Fatal(err)
			}
			log.ID = raw // the authority has it in hexadecimal, which the file has not
		}
	}
	return a.made(root.NewTrustedRoot(root.TrustedRootMediaType01, a.FulcioCertificateAuthorities(), certificates, a.TimestampingAuthorities(), logs))
}

func (a *Authority) made(r *root.TrustedRoot, err error) []byte {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
	src, err := r.MarshalJSON()
	if err != nil {
		a.t.Fatal(err)
	}
	return src
}

// Attest is a bundle around a statement that an identity signed just now.
func (a *Authority) Attest(identity, issuer string, statement []byte) []byte {
	a.t.Helper()
	return a.AttestAt(identity, issuer, statement, time.Now().Add(5*time.Minute))
}

// AttestAt is one that the log has at a time. Certificates hold for ten minutes from now.
func (a *Authority) AttestAt(identity, issuer string, statement []byte, at time.Time) []byte {
	a.t.Helper()
	return a.bundle("application/vnd.dev.sigstore.bundle.v0.3+json")(a.VirtualSigstore.AttestAtTime(identity, issuer, statement, at, true))
}

// AttestV2 is one that a log of the second version has.
func (a *Authority) AttestV2(identity, issuer string, statement []byte) []byte {
	a.t.Helper()
	return a.bundle("application/vnd.dev.sigstore.bundle.v0.3+json")(a.AttestHashedRekordV2(identity, issuer, statement))
}

// Blob is a bundle with the signature of content that lies elsewhere.
func (a *Authority) Blob(identity, issuer string, content []byte) []byte {
	a.t.Helper()
	return a.bundle("application/vnd.dev.sigstore.bundle+json;version=0.1")(a.Sign(identity, issuer, content))
}

// promised is an entry of the log as bundles have it: with its kind, and the promise of a log
// of the first version, neither of which the authority gives out.
func (a *Authority) promised(entry *protorekor.TransparencyLogEntry) *protorekor.TransparencyLogEntry {
	a.t.Helper()
	if entry.KindVersion != nil {
		return entry
	}
	var kind protorekor.KindVersion
	var body struct{ Kind, APIVersion string }
	if err := json.Unmarshal(entry.CanonicalizedBody, &body); err != nil {
		a.t.Fatal(err)
	}
	kind.Kind, kind.Version = body.Kind, body.APIVersion
	promise, err := a.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(entry.CanonicalizedBody), IntegratedTime: entry.IntegratedTime,
		LogIndex: entry.LogIndex, LogID: hex.EncodeToString(entry.LogId.KeyId),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	entry.KindVersion, entry.InclusionPromise = &kind, &protorekor.InclusionPromise{SignedEntryTimestamp: promise}
	return entry
}

// bundle writes what the authority made as a bundle.
func (a *Authority) bundle(mediaType string) func(*ca.TestEntity, error) []byte {
	return func(e *ca.TestEntity, err error) []byte {
		a.t.Helper()
		check := func(err error) {
			a.t.Helper()
			if err != nil {
				a.t.Fatal(err)
			}
		}
		check(err)
		content, err := e.VerificationContent()
		check(err)
		certificate := &protocommon.X509Certificate{RawBytes: content.Certificate().Raw}
		material := &protobundle.VerificationMaterial{Content: &protobundle.VerificationMaterial_Certificate{Certificate: certificate}}
		entries, err := e.TlogEntries()
		check(err)
		for _, entry := range entries {
			material.TlogEntries = append(material.TlogEntries, a.promised(entry.TransparencyLogEntry()))
		}
		stamps, err := e.Timestamps()
		check(err)
		material.TimestampVerificationData = &protobundle.TimestampVerificationData{}
		for _, stamp := range stamps {
			material.TimestampVerificationData.Rfc3161Timestamps = append(material.TimestampVerificationData.Rfc3161Timestamps, &protocommon.RFC3161SignedTimestamp{SignedTimestamp: stamp})
		}
		signed, err := e.SignatureContent()
		check(err)
		b := &protobundle.Bundle{MediaType: mediaType, VerificationMaterial: material}
		if envelope := signed.EnvelopeContent(); envelope != nil {
			payload, err := envelope.RawEnvelope().DecodeB64Payload()
			check(err)
			b.Content = &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
				Payload: payload, PayloadType: envelope.RawEnvelope().PayloadType, Signatures: []*protodsse.Signature{{Sig: signed.Signature()}},
			}}
		} else {
			message := signed.MessageSignatureContent()
			b.Content = &protobundle.Bundle_MessageSignature{MessageSignature: &protocommon.MessageSignature{
				MessageDigest: &protocommon.HashOutput{Algorithm: protocommon.HashAlgorithm_SHA2_256, Digest: message.Digest()}, Signature: message.Signature(),
			}}
		}
		src, err := protojson.Marshal(b)
		check(err)
		return src
	}
}
