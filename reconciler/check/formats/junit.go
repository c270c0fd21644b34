package formats

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/levee-gitops/levee/policies"
	"github.com/levee-gitops/levee/reconciler/check"
)

// The elements of a JUnit report, as readers agree on them: there is no published schema.
type (
	testSuites struct {
		XMLName  xml.Name  `xml:"testsuites"`
		Name     string    `xml:"name,attr"`
		Tests    int       `xml:"tests,attr"`
		Failures int       `xml:"failures,attr"`
		Errors   int       `xml:"errors,attr"`
		Suite    testSuite `xml:"testsuite"`
	}
	testSuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	testCase struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		File    string   `xml:"file,attr"`
		Failure *because `xml:"failure,omitempty"`
		Error   *because `xml:"error,omitempty"`
		Out     string   `xml:"system-out,omitempty"`
	}
	because struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a test case for each file that was judged. It failed where the file is
// denied or not valid, and is an error where nobody could tell.
func writeJUnit(w io.Writer, r check.Report) error {
	suite := testSuite{Name: "levee check"}
	for _, result := range r.Results {
		c := testCase{Class: strings.ToLower(result.Kind), Name: result.Path, File: result.Path}
		if result.Name != "" {
			c.Name = result.Name + " (" + result.Path + ")"
		}
		var denied, said []string
		for _, f := range findingsOf(result) {
			line := fmt.Sprintf("%s: %s [%s]", f.place(), f.text(), f.Rule)
			switch {
			case f.unjudged: // it is the error of the case
			case f.severity == failure:
				denied = append(denied, line)
			default:
				said = append(said, line)
			}
		}
		said = append(said, approvals(result)...)
		switch result.Verdict {
		case policies.Deny, policies.Invalid:
			message := fmt.Sprintf("%s: %d to mend", result.Verdict, len(denied))
			if result.After != "" {
				message = "denied only for what is wrong in " + result.After
			}
			c.Failure = &because{Message: message, Type: string(result.Verdict), Text: strings.Join(denied, "\n")}
			suite.Failures++
		case policies.Error:
			c.Error = &because{Message: "could not be judged", Type: string(result.Verdict), Text: result.Reason}
			suite.Errors++
		}
		c.Out = strings.Join(said, "\n")
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	err := enc.Encode(testSuites{Name: suite.Name, Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite})
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}

// place is where a finding is.
func (f finding) place() string {
	if f.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column)
}
