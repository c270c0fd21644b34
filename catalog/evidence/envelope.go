package evidence

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// The bounds of what is signed. Past any of them the file says nothing.
const (
	maxLines      = 16        // signed statements in one file
	maxPayload    = 2 << 20   // bytes of one statement
	maxKept       = 256 << 10 // bytes of one signed statement as it is kept, and of what it is verified with
	maxSignatures = 4         // of one statement
	minKept       = 8 << 10   // bytes that each counts at least, since each takes time to verify
	maxSigned     = 64        // checksums that one statement is about
)

// statementType is the payload type of in-toto statements, and bundleType how the media type
// of a sigstore bundle begins.
const (
	statementType = "application/vnd.in-toto+json"
	bundleType    = "application/vnd.dev.sigstore.bundle"
)

// Item is one statement of a file, or all of a file that is not signed.
type Item struct {
	Summary
	Signed *Signed // nil for a file that is not signed
}

// Signed is what a signature is verified with. Whether it is anybody's is not known here:
// package attest tells, by the keys and identities that the catalog's governance names. It
// must not be changed.
type Signed struct {
	// Subjects are the checksums that the signature is about, as sha256:…; for a bundle
	// without a statement the one of what was signed.
	Subjects   []string
	Type       string      // of the payload; empty for a bundle without a statement
	Signatures []Signature // of a bare envelope
	Bundle     []byte      // a sigstore bundle as JSON, without its payload; nil for a bare envelope
	payload    []byte      // the statement, compressed; nil for a bundle without one
}

// Signature is one signature of a bare envelope.
type Signature struct {
	KeyID string  `json:"keyid"`
	Sig   Encoded `json:"sig"`
}

// Encoded are bytes that JSON has as base64, of either alphabet.
type Encoded []byte

// UnmarshalText reads base64.
func (e *Encoded) UnmarshalText(text []byte) (err error) {
	*e, err = base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		*e, err = base64.URLEncoding.DecodeString(string(text))
	}
	return err
}

// MarshalText writes base64 of the usual alphabet.
func (e Encoded) MarshalText() ([]byte, error) {
	return []byte(base64.StdEncoding.EncodeToString(e)), nil
}

// Payload is the statement that was signed, byte by byte; nil where there is none.
func (s *Signed) Payload() []byte {
	if s.payload == nil {
		return nil
	}
	payload, err := io.ReadAll(flate.NewReader(bytes.NewReader(s.payload)))
	if err != nil {
		panic("evidence: what was compressed here can be read again: " + err.Error()) // unreachable
	}
	return payload
}

// Kept is how many bytes of memory it counts for.
func (s *Signed) Kept() int {
	if s == nil {
		return 0
	}
	return max(minKept, len(s.payload)+len(s.Bundle)+len(s.Signatures)*2*maxText)
}

// IsAbout reports whether a signature is about content with a checksum, as sha256:….
func (s *Signed) IsAbout(sum string) bool { return s != nil && slices.Contains(s.Subjects, sum) }

// ReadAll reads one file, like Read, with what its signatures are verified with. A file of
// lines (.jsonl) has one item for each line, all under the file's name; every other has one.
func ReadAll(name string, content []byte) (items []Item) {
	if !strings.HasSuffix(strings.ToLower(name), ".jsonl") || len(content) > MaxSize {
		return []Item{readItem(name, content)}
	}
	for line := range bytes.Lines(content) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(items) == maxLines {
			return []Item{{Summary: trouble(name, "", "It has more than %d lines.", maxLines)}}
		}
		items = append(items, readItem(name, line))
	}
	if len(items) == 0 {
		return []Item{{Summary: trouble(name, "", "It is empty.")}}
	}
	return items
}

// readItem reads one file or line, with its signature.
func readItem(name string, content []byte) (i Item) {
	i.Summary = read(name, content, &i.Signed)
	return i
}

// envelope is a DSSE envelope.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     Encoded     `json:"payload"`
	Signatures  []Signature `json:"signatures"`
}

// sigstoreBundle is as much of a sigstore bundle as is read here.
type sigstoreBundle struct {
	MediaType        string          `json:"mediaType"`
	Material         json.RawMessage `json:"verificationMaterial"`
	Envelope         *envelope       `json:"dsseEnvelope,omitempty"`
	MessageSignature *struct {
		Digest struct {
			Algorithm string  `json:"algorithm"`
			Digest    Encoded `json:"digest"`
		} `json:"messageDigest"`
		Signature Encoded `json:"signature"`
	} `json:"messageSignature,omitempty"`
}

// readEnvelope reads a DSSE envelope that stands by itself.
func readEnvelope(name string, src []byte, signed **Signed) Summary {
	var e envelope
	if err := json.Unmarshal(src, &e); err != nil {
		return unreadable(name, "DSSE envelope", err)
	}
	return readStatement(name, e, nil, signed)
}

// readBundle reads a sigstore bundle: around a statement, or the signature of something that
// lies elsewhere.
func readBundle(name string, src []byte, signed **Signed) Summary {
	const format = "sigstore bundle"
	var b sigstoreBundle
	if err := json.Unmarshal(src, &b); err != nil {
		return unreadable(name, format, err)
	}
	switch m := b.MessageSignature; {
	case b.Envelope != nil && m == nil:
		e := *b.Envelope
		b.Envelope = &envelope{PayloadType: e.PayloadType, Payload: Encoded{}, Signatures: e.Signatures}
		return readStatement(name, e, bundleBytes(b), signed)
	case m == nil || b.Envelope != nil:
		return trouble(name, format, "It holds no signature, or more than one.")
	case m.Digest.Algorithm != "SHA2_256" || len(m.Digest.Digest) != 32:
		return trouble(name, format, "It signs another checksum than one of SHA-256.")
	}
	bare := bundleBytes(b)
	if len(bare) > maxKept {
		return trouble(name, format, "What it is verified with is larger than %d KiB.", maxKept>>10)
	}
	sum := "sha256:" + hex.EncodeToString(b.MessageSignature.Digest.Digest)
	*signed = &Signed{Subjects: []string{sum}, Bundle: bare}
	return Summary{Name: name, Kind: Signing, Format: format}
}

// bundleBytes is a bundle as JSON, of the fields that are read here alone.
func bundleBytes(b sigstoreBundle) []byte {
	src, err := json.Marshal(b)
	if err != nil {
		panic("evidence: what came from JSON can be written as JSON: " + err.Error()) // unreachable
	}
	return src
}

// statement is an in-toto statement.
type statement struct {
	Type    string `json:"_type"`
	Subject []struct {
		Name   string            `json:"name"`
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// readStatement reads what an envelope says, as if it lay in the file.
func readStatement(name string, e envelope, bundle []byte, signed **Signed) Summary {
	switch {
	case e.PayloadType != statementType:
		return trouble(name, "", "It signs %s, which is not read here; %s is.", quoted(e.PayloadType), quoted(statementType))
	case len(e.Signatures) == 0 || len(e.Signatures) > maxSignatures:
		return trouble(name, "", "It has no signature, or more than %d.", maxSignatures)
	case len(e.Payload) > maxPayload:
		return trouble(name, "", "What it signs is larger than %d MiB. Keep that as a file of its own, and sign its checksum.", maxPayload>>20)
	}
	if over := overJSON(e.Payload); over != "" {
		return trouble(name, "", "What it signs %s.", over)
	}
	var s statement
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return unreadable(name, "in-toto statement", err)
	}
	if s.Type != "https://in-toto.io/Statement/v1" && s.Type != "https://in-toto.io/Statement/v0.1" {
		return trouble(name, "", "What it signs is no in-toto statement of version 1 or 0.1.")
	}
	kept := &Signed{Type: e.PayloadType, Bundle: bundle, payload: deflated(e.Payload)}
	if bundle == nil {
		kept.Signatures = e.Signatures
	}
	for _, signature := range e.Signatures {
		if len(signature.Sig) > 8*maxText || len(signature.KeyID) > maxText {
			return trouble(name, "", "A signature in it is longer than any that is verified here.")
		}
	}
	if kept.Kept() > maxKept {
		return trouble(name, "", "It takes more than %d KiB to be verified. Keep what it signs as a file of its own, and sign its checksum.", maxKept>>10)
	}
	said := readPredicate(name, s.PredicateType, s.Predicate)
	if said.Trouble != "" {
		return said
	}
	for _, subject := range s.Subject {
		said.addAbout(subject.Name)
		if sum := strings.ToLower(subject.Digest["sha256"]); isSum(sum) {
			if len(kept.Subjects) == maxSigned {
				return trouble(name, said.Format, "It is about more than %d things.", maxSigned)
			}
			kept.Subjects = append(kept.Subjects, "sha256:"+sum)
		}
	}
	if len(s.Subject) == 0 {
		return trouble(name, said.Format, "It does not say what it is about.")
	}
	*signed = kept
	return said
}

// deflated compresses what is kept.
func deflated(src []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(src)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("evidence: memory takes what is written to it: " + err.Error()) // unreachable
	}
	return b.Bytes()
}

// isSum reports whether a text is a SHA-256 checksum.
func isSum(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 64
}

// quoted is a text of a file within quotation marks for Markdown; "nothing" for none.
func quoted(s string) string {
	if s = text(s); s == "" {
		return "nothing"
	}
	return "`" + s + "`"
}
