package attesttest

import (
	"encoding/json"
	"testing"
)

// Types of statements.
const (
	CycloneDX  = "https://cyclonedx.org/bom"
	SARIF      = "https://json.schemastore.org/sarif-2.1.0.json"
	TestResult = "https://in-toto.io/attestation/test-result/v0.1"
	Provenance = "https://slsa.dev/provenance/v1"
	ImageSign  = "https://sigstore.dev/cosign/sign/v1"
)

// Subject is what a statement is about.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// About is a subject with a SHA-256 checksum in hexadecimal.
func About(name, sum string) Subject { return Subject{name, map[string]string{"sha256": sum}} }

// Statement is an in-toto statement of version 1; the predicate is JSON.
func Statement(t testing.TB, predicateType, predicate string, about ...Subject) []byte {
	t.Helper()
	src, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "subject": about,
		"predicateType": predicateType, "predicate": json.RawMessage(predicate),
	})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// ProvenanceOf is the predicate of SLSA provenance by a builder, from a repository.
func ProvenanceOf(builder, source string) string {
	src, err := json.Marshal(map[string]any{
		"buildDefinition": map[string]any{"externalParameters": map[string]any{"workflow": map[string]string{"repository": source}}},
		"runDetails":      map[string]any{"builder": map[string]string{"id": builder}, "metadata": map[string]string{"finishedOn": "2026-03-09T10:00:00Z"}},
	})
	if err != nil {
		panic(err) // unreachable
	}
	return string(src)
}
