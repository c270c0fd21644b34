package evidence

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The formats of statements that come in no file of their own.
const (
	inTotoVulns      = "in-toto vulns"
	inTotoTests      = "in-toto test result"
	slsaProvenance   = "SLSA provenance"
	cosignSignature  = "cosign signature"
	maxAddress       = 400 // characters of an address that settings are held against
	statedWithResult = "The scanner's result in it is neither SARIF nor CycloneDX."
)

// predicateType is a type of statements that is read here.
type predicateType struct {
	prefix  string   // how its name begins; a version may follow
	formats []string // that what is stated may have; any where there are none
	read    func(name string, predicate []byte) Summary
}

// predicateTypes lists them.
func predicateTypes() []predicateType {
	return []predicateType{
		{"https://cyclonedx.org/bom", []string{cycloneDX}, readStated},
		{"https://spdx.dev/Document", []string{spdx}, readStated},
		{"https://openvex.dev/ns", []string{openVEX}, readStated},
		{"https://docs.oasis-open.org/sarif", []string{sarif}, readStated},
		{"https://json.schemastore.org/sarif-2.1.0", []string{sarif}, readStated},
		{"https://cosign.sigstore.dev/attestation/vuln/v1", nil, readScannerReport},
		{"https://cosign.sigstore.dev/attestation/v1", nil, readWrapped},
		{"https://in-toto.io/attestation/vulns", nil, readVulns},
		{"https://in-toto.io/attestation/test-result", nil, readTestResult},
		{"https://slsa.dev/provenance/v1", nil, readProvenance},
		{"https://slsa.dev/provenance/v0.2", nil, readProvenance02},
		{"https://sigstore.dev/cosign/sign/v1", nil, readImageSignature},
	}
}

// readPredicate reads what a statement says, as if it lay in the file.
func readPredicate(name, of string, predicate json.RawMessage) Summary {
	for _, p := range predicateTypes() {
		if of != p.prefix && !strings.HasPrefix(of, p.prefix+"/") && !strings.HasPrefix(of, p.prefix+".") {
			continue
		}
		said := p.read(name, predicate)
		if said.Trouble == "" && len(p.formats) > 0 && !slices.Contains(p.formats, said.Format) {
			return trouble(name, said.Format, "The type of its statement says %s, but it is %s.", strings.Join(p.formats, " or "), said.Format)
		}
		return said
	}
	return trouble(name, "", "It states %s, which is not read here; lists of parts, scans, tests and provenance are.", quoted(of))
}

// readStated reads a file that a statement holds as JSON, or as a text in JSON.
func readStated(name string, predicate []byte) Summary {
	var inText string
	if json.Unmarshal(predicate, &inText) == nil {
		return readInner(name, []byte(inText))
	}
	return readInner(name, predicate)
}

// readInner reads the content of a file that lies within a signed one: it is called what the
// file is called, and its name says nothing about it.
func readInner(name string, src []byte) Summary {
	said := read("", src, nil)
	said.Name = name
	return said
}

// readWrapped reads what cosign makes of any file: a text beside the time.
func readWrapped(name string, predicate []byte) Summary {
	var p struct {
		Data string `json:"Data"`
	}
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, "", err)
	}
	return readInner(name, []byte(p.Data))
}

// scanned is when a scan ran, and what ran it.
type scanned struct {
	Scanner struct {
		URI     string          `json:"uri"`
		Version string          `json:"version"`
		Result  json.RawMessage `json:"result"`
	} `json:"scanner"`
	Metadata struct {
		Finished string `json:"scanFinishedOn"`
	} `json:"metadata"`
}

// readScannerReport reads cosign's report of a scanner, which holds the scanner's own.
func readScannerReport(name string, predicate []byte) Summary {
	var p scanned
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, "cosign vuln", err)
	}
	said := readInner(name, p.Scanner.Result)
	if said.Trouble != "" && said.Format == "" {
		return trouble(name, "", "%s", statedWithResult)
	}
	if said.Trouble == "" && said.Made.IsZero() {
		said.Made = moment(p.Metadata.Finished)
	}
	return said
}

// readVulns reads in-toto's report of a scan. It names what has each vulnerability no more
// exactly than by what the statement is about.
func readVulns(name string, predicate []byte) Summary {
	var p scanned
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, inTotoVulns, err)
	}
	var results []struct {
		ID       string `json:"id"`
		Severity []struct {
			Method string `json:"method"`
			Score  string `json:"score"`
		} `json:"severity"`
	}
	if err := json.Unmarshal(p.Scanner.Result, &results); err != nil || results == nil {
		return trouble(name, inTotoVulns, "It holds no list of results, so the scan looked for nothing.")
	}
	said := Summary{Name: name, Kind: Findings, Format: inTotoVulns, Tool: text(at(p.Scanner.URI, p.Scanner.Version)), Made: moment(p.Metadata.Finished)}
	var flaws []Vulnerability
	for _, r := range results {
		flaw := Vulnerability{ID: text(r.ID), Severity: "unknown", State: open}
		for _, s := range r.Severity {
			score, err := strconv.ParseFloat(s.Score, 64)
			word := strings.ToLower(s.Score)
			switch {
			case err == nil && score >= 0 && score <= 10:
				flaw.Score = max(flaw.Score, score)
				word = severityOf(score)
			case word == "moderate":
				word = "medium"
			}
			if i := slices.Index(severities, word); i >= 0 && word != "unknown" && (flaw.Severity == "unknown" || i < slices.Index(severities, flaw.Severity)) {
				flaw.Severity = word
			}
		}
		flaws = append(flaws, flaw)
	}
	said.setVulnerabilities(flaws)
	return said
}

// readTestResult reads how tests ended. Those are counted that it names.
func readTestResult(name string, predicate []byte) Summary {
	var p struct {
		Result string   `json:"result"`
		Passed []string `json:"passedTests"`
		Warned []string `json:"warnedTests"`
		Failed []string `json:"failedTests"`
	}
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, inTotoTests, err)
	}
	said := Summary{Name: name, Kind: Tests, Format: inTotoTests, Passed: len(p.Passed) + len(p.Warned), Failed: len(p.Failed)}
	switch p.Result {
	case "PASSED", "WARNED":
	case "FAILED":
		said.Failed = max(said.Failed, 1)
	default:
		return trouble(name, inTotoTests, "It does not say whether the tests passed.")
	}
	if said.Passed+said.Failed == 0 {
		return trouble(name, inTotoTests, "It names no test.")
	}
	return said
}

// source is where something was built from, by what an address points at.
type source struct {
	URI string `json:"uri"`
}

// readProvenance reads SLSA provenance of version 1. The source is the one parameter that
// the build was started with, or the one repository among what it read.
func readProvenance(name string, predicate []byte) Summary {
	var p struct {
		Definition struct {
			Parameters struct {
				Workflow struct {
					Repository string `json:"repository"`
				} `json:"workflow"`
				Source json.RawMessage `json:"source"`
			} `json:"externalParameters"`
			Resolved []source `json:"resolvedDependencies"`
		} `json:"buildDefinition"`
		Run struct {
			Builder struct {
				ID string `json:"id"`
			} `json:"builder"`
			Metadata struct {
				Finished string `json:"finishedOn"`
			} `json:"metadata"`
		} `json:"runDetails"`
	}
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, slsaProvenance, err)
	}
	started := p.Definition.Parameters
	var given source
	if len(started.Source) > 0 && json.Unmarshal(started.Source, &given) != nil {
		_ = json.Unmarshal(started.Source, &given.URI) // a text; left empty for anything else
	}
	return provenance(name, "v1", p.Run.Builder.ID, cmp.Or(started.Workflow.Repository, given.URI, soleRepository(p.Definition.Resolved)), p.Run.Metadata.Finished)
}

// readProvenance02 reads SLSA provenance of version 0.2.
func readProvenance02(name string, predicate []byte) Summary {
	var p struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
		Invocation struct {
			Config source `json:"configSource"`
		} `json:"invocation"`
		Metadata struct {
			Finished string `json:"buildFinishedOn"`
		} `json:"metadata"`
		Materials []source `json:"materials"`
	}
	if err := json.Unmarshal(predicate, &p); err != nil {
		return unreadable(name, slsaProvenance, err)
	}
	return provenance(name, "v0.2", p.Builder.ID, cmp.Or(p.Invocation.Config.URI, soleRepository(p.Materials)), p.Metadata.Finished)
}

func provenance(name, version, builder, source, finished string) Summary {
	builder = address(builder)
	if builder == "" {
		return trouble(name, slsaProvenance, "It does not say what built it.")
	}
	return Summary{Name: name, Kind: Provenance, Format: slsaProvenance, Version: version, Builder: builder, Source: repository(source), Made: moment(finished)}
}

// soleRepository is the one Git repository among what a build read; empty for none or
// several, of which any could be a part and no source.
func soleRepository(read []source) string {
	found := ""
	for _, s := range read {
		if !strings.HasPrefix(s.URI, "git+") {
			continue
		}
		if found != "" && repository(s.URI) != repository(found) {
			return ""
		}
		found = s.URI
	}
	return found
}

// repository is the address of a repository without the scheme of Git and without what in
// it was read.
func repository(uri string) string {
	uri = strings.TrimPrefix(uri, "git+")
	if scheme, rest, ok := strings.Cut(uri, "://"); ok {
		rest, _, _ = strings.Cut(rest, "#")
		host, path, _ := strings.Cut(rest, "/")
		path, _, _ = strings.Cut(path, "@")
		uri = scheme + "://" + strings.ToLower(host) + "/" + path
	}
	return address(strings.TrimSuffix(strings.TrimSuffix(uri, "/"), ".git"))
}

// address is an address as it is held against settings: as it stands, or empty for one that
// is longer than any, or has anything invisible in it.
func address(s string) string {
	if len(s) > maxAddress || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '`' }) {
		return ""
	}
	return s
}

// readImageSignature reads cosign's statement that an image is signed, which says no more.
func readImageSignature(name string, _ []byte) Summary {
	return Summary{Name: name, Kind: Signing, Format: cosignSignature}
}
