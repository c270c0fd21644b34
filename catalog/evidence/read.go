package evidence

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// The formats, as they are named to people.
const (
	cycloneDX = "CycloneDX"
	spdx      = "SPDX"
	sarif     = "SARIF"
	openVEX   = "OpenVEX"
	junit     = "JUnit"
	cobertura = "Cobertura"
	lcov      = "LCOV"
	goCover   = "Go cover profile"
)

// formatsRead lists them in a sentence.
const formatsRead = cycloneDX + ", " + spdx + ", " + sarif + ", " + openVEX + ", " + junit + ", " + cobertura + ", " + lcov + ", " + goCover + ", DSSE and sigstore bundles"

// Read reads one file: its name without folders, and its content. The answer is always a
// Summary; a file that cannot be read has a Trouble in it. Of several signed statements in
// one file it is the first; ReadAll has all of them.
func Read(name string, content []byte) Summary { return ReadAll(name, content)[0].Summary }

// read is Read for one file or line. What a signature of it is verified with comes to signed,
// which is nil for what lies within a signature and has no name.
func read(name string, content []byte, signed **Signed) (s Summary) {
	defer func() {
		if recover() != nil { // a decoder was given what it is not made for
			s = trouble(name, "", "It breaks off the program that reads it.")
		}
	}()
	if len(content) > MaxSize {
		return TooLarge(name)
	}
	src := bytes.TrimSpace(bytes.TrimPrefix(content, []byte(string(safetext.ByteOrderMark))))
	if len(src) == 0 {
		return trouble(name, "", "It is empty.")
	}
	switch src[0] {
	case '{':
		s = readJSON(name, src, signed)
	case '<':
		s = readXML(name, src)
	default:
		s = readText(name, src)
	}
	if claims := claimOf(name); len(claims) > 0 && *signed == nil && s.Format != "" && !slices.Contains(claims, s.Format) {
		return trouble(name, s.Format, "Its name says %s, but it is %s.", strings.Join(claims, " or "), s.Format)
	}
	return s
}

// TooLarge is the summary of a file that is not read for its size.
func TooLarge(name string) Summary {
	return trouble(name, "", "It is larger than %d MiB.", MaxSize>>20)
}

// Missing is the summary of a file that is in its folder by name alone.
func Missing(name string) Summary {
	return trouble(name, "", "There is no file behind this name.")
}

// Unread is the summary of a file past the number or size of those that are read.
func Unread(name string) Summary {
	return trouble(name, "", "It is not read: there are too many files beside the app, or they are too large together.")
}

// claimOf lists the formats that a file of a name can have; none where the name says
// nothing about it.
func claimOf(name string) []string {
	lower := strings.ToLower(name)
	switch {
	case strings.Contains(lower, ".cdx.") || strings.HasSuffix(lower, ".cdx"):
		return []string{cycloneDX}
	case strings.Contains(lower, ".spdx.") || strings.HasSuffix(lower, ".spdx"):
		return []string{spdx}
	case strings.HasSuffix(lower, ".sarif") || strings.HasSuffix(lower, ".sarif.json"):
		return []string{sarif}
	case strings.HasPrefix(lower, "junit"):
		return []string{junit}
	case strings.HasPrefix(lower, "cobertura"):
		return []string{cobertura}
	case strings.HasPrefix(lower, "lcov"):
		return []string{lcov}
	case strings.HasPrefix(lower, "sbom."):
		return []string{cycloneDX, spdx}
	}
	return nil
}

// present is whether a field is there, whatever it holds.
type present bool

// UnmarshalJSON keeps nothing of the value.
func (p *present) UnmarshalJSON([]byte) error {
	*p = true
	return nil
}

// readJSON reads a file of JSON. Where signed is nil, the file is what a signature is around,
// and is no further one.
func readJSON(name string, src []byte, signed **Signed) Summary {
	if over := overJSON(src); over != "" {
		return trouble(name, "", "It %s.", over)
	}
	var head struct {
		BOMFormat   string  `json:"bomFormat"`
		SPDXVersion string  `json:"spdxVersion"`
		Graph       present `json:"@graph"`
		Version     any     `json:"version"`
		Runs        present `json:"runs"`
		Context     any     `json:"@context"`
		Statements  present `json:"statements"`
		PayloadType string  `json:"payloadType"`
		MediaType   string  `json:"mediaType"`
	}
	if err := json.Unmarshal(src, &head); err != nil {
		return unreadable(name, strings.Join(claimOf(name), " or "), err)
	}
	switch {
	case signed != nil && head.PayloadType != "":
		return readEnvelope(name, src, signed)
	case signed != nil && strings.HasPrefix(head.MediaType, bundleType):
		return readBundle(name, src, signed)
	case head.BOMFormat == cycloneDX:
		return readCycloneDX(name, src, true)
	case strings.HasPrefix(head.SPDXVersion, "SPDX-"):
		return readSPDX(name, src)
	case bool(head.Graph):
		return readSPDX3(name, src)
	case bool(head.Runs):
		return readSARIF(name, src)
	case bool(head.Statements) && isOpenVEX(head.Context):
		return readOpenVEX(name, src)
	}
	return unknown(name)
}

func isOpenVEX(context any) bool {
	address, _ := context.(string)
	return strings.HasPrefix(address, "https://openvex.dev/ns")
}

func readXML(name string, src []byte) Summary {
	if over := overXML(src); over != "" {
		return trouble(name, "", "It %s.", over)
	}
	decoder := xml.NewDecoder(bytes.NewReader(src))
	for {
		token, err := decoder.Token()
		if err != nil {
			return unreadable(name, "XML", err)
		}
		root, ok := token.(xml.StartElement)
		switch {
		case !ok:
			continue
		case root.Name.Local == "bom" && strings.HasPrefix(root.Name.Space, "http://cyclonedx.org/schema/bom/"):
			return readCycloneDX(name, src, false)
		case root.Name.Local == "testsuites" || root.Name.Local == "testsuite":
			return readJUnit(name, src)
		case root.Name.Local == "coverage":
			return readCobertura(name, src)
		}
		return unknown(name)
	}
}

func readText(name string, src []byte) Summary {
	if bytes.HasPrefix(src, []byte("SPDXVersion:")) || bytes.Contains(src, []byte("\nSPDXVersion:")) {
		return readTagValue(name, src)
	}
	switch first, _, _ := bytes.Cut(src, []byte("\n")); {
	case bytes.HasPrefix(first, []byte("mode: ")):
		return readGoCover(name, src)
	case bytes.HasPrefix(first, []byte("TN:")) || bytes.HasPrefix(first, []byte("SF:")):
		return readLCOV(name, src)
	}
	return unknown(name)
}

// unknown is the summary of a file of no format that is read here.
func unknown(name string) Summary {
	if claims := claimOf(name); len(claims) > 0 {
		return trouble(name, "", "Its name says %s, but it is not.", strings.Join(claims, " or "))
	}
	return trouble(name, "", "It has no format that is read here; these are %s.", formatsRead)
}

// unreadable is the summary of a file that a decoder gave up on.
func unreadable(name, format string, err error) Summary {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.Contains(err.Error(), "unexpected end of JSON input"), strings.Contains(err.Error(), "unexpected EOF"):
		return trouble(name, "", "It is cut off: its end is missing.")
	case errors.As(err, &wrong) && format != "" && wrong.Field != "":
		return trouble(name, "", "It is no %s: the field %s holds a value of another type.", format, text(wrong.Field))
	case format != "":
		return trouble(name, "", "It is no %s: its content is not well formed.", format)
	}
	return trouble(name, "", "Its content is not well formed.")
}
