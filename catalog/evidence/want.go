package evidence

import (
	"cmp"
	"slices"
	"strings"
)

// Want is a file that should lie beside an app, and the command that makes it.
type Want struct {
	What    string `json:"what"`    // "a list of parts"
	File    string `json:"file"`    // "evidence/sbom.cdx.json"
	Command string `json:"command"` // run in the app's source; empty where it depends on the tool
	met     func(Summary) bool
}

// ScansWanted lists the results of scans that a blueprint asks for, by their names.
func ScansWanted(scans []string) []Want {
	wants := make([]Want, len(scans))
	for i, scan := range scans {
		file := "evidence/" + scan + ".sarif"
		wants[i] = Want{
			What: "the result of the scan " + scan, File: file, Command: scanCommand(scan, file),
			met: func(s Summary) bool { return s.Scanned && strings.HasPrefix(s.Name, scan+".") },
		}
	}
	return wants
}

// SourceWanted lists what is asked of an app that is built from source in a language, such
// as nodejs:22. The commands are of tools that are known to write what Read reads.
func SourceWanted(language string) []Want {
	language, _, _ = strings.Cut(strings.ToLower(language), ":")
	tests := testCommands[language]
	return []Want{
		{
			What: "a list of parts", File: "evidence/sbom.cdx.json", Command: "syft dir:. -o cyclonedx-json=evidence/sbom.cdx.json",
			met: func(s Summary) bool { return s.Parts > 0 },
		},
		{What: "a report of tests that passed", File: "evidence/junit.xml", Command: tests.report, met: func(s Summary) bool { return s.Passed > 0 }},
		{
			What: "how much of the code tests run", File: "evidence/" + cmp.Or(tests.file, "cobertura.xml"), Command: tests.coverage,
			met: func(s Summary) bool { return s.Code > 0 },
		},
	}
}

// Unmet are the wants that no file meets.
func Unmet(wants []Want, files []Summary) []Want {
	unmet := []Want{}
	for _, w := range wants {
		if !slices.ContainsFunc(files, w.met) {
			unmet = append(unmet, w)
		}
	}
	return unmet
}

// scanCommand is the command for a scan of one of the usual names.
func scanCommand(scan, file string) string {
	switch scan {
	case "secrets":
		return "gitleaks dir . --report-format sarif --report-path " + file
	case "sast":
		return "semgrep scan --sarif --output " + file
	case "sca", "dependencies", "vulnerabilities":
		return "trivy fs . --scanners vuln --format sarif --output " + file
	case "iac", "config", "misconfiguration":
		return "trivy config . --format sarif --output " + file
	}
	return ""
}

// testCommand is how the tests of a language write what Read reads. One run can write both.
type testCommand struct {
	report   string
	coverage string
	file     string // of the coverage
}

var (
	inGo         = testCommand{"gotestsum --junitfile evidence/junit.xml -- ./...", "go test -coverprofile=evidence/cover.out ./...", "cover.out"}
	inPython     = testCommand{"pytest --junitxml=evidence/junit.xml", "pytest --cov --cov-report=xml:evidence/cobertura.xml", "cobertura.xml"}
	inJavaScript = testCommand{
		"npx vitest run --reporter=junit --outputFile=evidence/junit.xml",
		"npx vitest run --coverage --coverage.reporter=lcovonly --coverage.reportsDirectory=evidence", "lcov.info",
	}
	testCommands = map[string]testCommand{
		"go": inGo, "python": inPython, "node": inJavaScript, "nodejs": inJavaScript, "javascript": inJavaScript, "typescript": inJavaScript,
	}
)
