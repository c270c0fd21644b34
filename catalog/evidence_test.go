package catalog

import (
	"fmt"
	"strings"
	"testing"
)

func TestCountParts(t *testing.T) {
	for src, want := range map[string]int{
		"": 0, "  \n": 0, "{}": 0, "[]": 0, "null": 0, "not JSON": 0, "{": 0,
		`{"bomFormat":"CycloneDX"}`:                                                                                         0,
		`{"bomFormat":"CycloneDX","components":[]}`:                                                                         0,
		`{"bomFormat":"CycloneDX","components":null}`:                                                                       0,
		`{"bomFormat":"CycloneDX","components":[{},null,1]}`:                                                                0,
		`{"bomFormat":"CycloneDX","components":{"name":"a"}}`:                                                               0,
		`{"bomFormat":"CycloneDX","components":[{"name":"a"}]} trailing`:                                                    0,
		`{"components":[{"name":"a"}]}`:                                                                                     0,
		`{"bomFormat":"CycloneDX","components":[{"name":"a"},{"name":"b"}]}`:                                                2,
		"\ufeff" + `{"bomFormat":"CycloneDX","components":[{"name":"a"}]}`:                                                  1,
		`{"spdxVersion":"SPDX-2.3","packages":[]}`:                                                                          0,
		`{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"}]}`:                                                              1,
		`{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[{"type":"software_Package"}]}`:              1,
		`{"@context":"x","@graph":[{"type":"SpdxDocument"}]}`:                                                               0,
		`<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><component name="self"/></metadata><components/></bom>`: 0,
		`<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component name="a"/></components></bom>`:             1,
		"SPDXVersion: SPDX-2.3\nPackageName: a\n":                                                                           1,
		"SPDXVersion: SPDX-2.3\n":                                                                                           0,
	} {
		if got := countParts([]byte(src)); got != want {
			t.Errorf("countParts(%q) = %d, want %d", src, got, want)
		}
	}
}

// TestPartsOfFolder checks that a list is found among many other files, and that an
// app's digest does not hang on it.
func TestPartsOfFolder(t *testing.T) {
	files := map[string]string{"apps/ops/board/app.yaml": smallApp}
	for i := range 2 * maxEvidence {
		files[fmt.Sprintf("apps/ops/board/evidence/a%03d.sarif", i)] = "{}"
	}
	bare := load(t, &memory{files: files}, "", Empty()).Document("apps/ops/board/app.yaml")
	files["apps/ops/board/evidence/sbom.spdx.json"] = `{"spdxVersion":"SPDX-2.3","packages":[{"name":"` + strings.Repeat("a", 10) + `"}]}`
	files["apps/ops/board/evidence/sbom.cdx.json"] = ""
	full := load(t, &memory{files: files}, "", Empty()).Document("apps/ops/board/app.yaml")
	if len(full.Parts) != 2 || full.Parts["sbom.spdx.json"] != 1 || full.Parts["sbom.cdx.json"] != 0 {
		t.Errorf("parts: %v", full.Parts)
	}
	if bare.Digest() != full.Digest() || len(full.Evidence) != maxEvidence {
		t.Errorf("digest %s, then %s; %d files", bare.Digest(), full.Digest(), len(full.Evidence))
	}
}
